/** The kinds of index that a leaf serves: what its threads are composed with. */
import { documentKind } from './document.ts';
import type { LeafKinds } from './leaf-kind.ts';
import { rollupKind } from './rollup.ts';
import { termKind } from './term.ts';

export const leafKinds: LeafKinds = { document: documentKind, term: termKind, rollup: rollupKind };
