/** The kinds of index there are: what a shard of one holds, and so which merge its answers take. */
import { documentKind } from './document.ts';
import { rollupKind } from './rollup.ts';
import type { SharedKind } from './shared-kind.ts';
import { termKind } from './term.ts';

export const indexKinds = {
  /** The documents whose key hashes to the shard. */
  document: documentKind,
  /** The full posting lists of the terms that hash to it. */
  term: termKind,
  /** One row for each combination of dimension values. */
  rollup: rollupKind,
} as const satisfies Readonly<Record<string, SharedKind>>;

/** The tables of root and leaf have a member for each. */
export type IndexKind = keyof typeof indexKinds;

/** Those that an index can be created with. */
export const servedKinds = Object.keys(indexKinds) as readonly IndexKind[];
