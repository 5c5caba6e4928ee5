/** The kinds of index that a root serves: what it is composed with. */
import { documentKind } from './document.ts';
import { rollupKind } from './rollup.ts';
import type { RootKinds } from './root-kind.ts';
import { termKind } from './term.ts';

export const rootKinds: RootKinds = { document: documentKind, term: termKind, rollup: rollupKind };
