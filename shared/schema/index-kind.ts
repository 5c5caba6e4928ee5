/**
 * The kinds of index: what a shard of one holds, and so which merge its answers take.
 *
 * `document`: the documents whose key hashes to the shard. `term`: the full posting lists of the terms that hash to it.
 * `rollup`: one row for each combination of dimension values.
 */
export type IndexKind = 'document' | 'term' | 'rollup';

/** Those that an index can be created with. */
export const servedKinds = ['document', 'term', 'rollup'] as const satisfies readonly IndexKind[];
