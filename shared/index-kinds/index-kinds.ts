/** The kinds of index there are. */
import { documentKind } from './document.ts';
import type { IndexKind, SharedKind } from './index-kind.ts';
import { rollupKind } from './rollup.ts';
import { termKind } from './term.ts';

export const indexKinds: { readonly [K in IndexKind]: SharedKind } = {
  document: documentKind,
  term: termKind,
  rollup: rollupKind,
};

/** Those that an index can be created with. */
export const servedKinds = Object.keys(indexKinds) as readonly IndexKind[];
