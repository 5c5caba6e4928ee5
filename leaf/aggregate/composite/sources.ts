import { BucketFinder } from '../../../shared/aggregation/bucket-index.ts';
import { sourceKindOf, type SourceKind, type SourceOf } from '../../../shared/aggregation/composite/source.ts';
import type { CollectingTask } from '../collecting-task.ts';
import { KeywordSource } from '../tuples/keyword-source.ts';
import { NumberSource } from '../tuples/number-source.ts';
import { noValue, type TupleSource } from '../tuples/tuple-source.ts';

/** @param missing what documents without a value have; null where they are left out */
type MakeSource<K extends SourceKind> = (
  source: SourceOf<K>,
  missing: typeof noValue | null,
  task: CollectingTask,
) => TupleSource;

/** How each kind of source reads documents. */
const sourceTable: { readonly [K in SourceKind]: MakeSource<K> } = {
  terms: ({ field, values }, missing, task) =>
    values === 'string' ? new KeywordSource(field, missing, task) : new NumberSource(field, missing),
  histogram: (source, missing) => {
    const finder = new BucketFinder(source);
    return new NumberSource(source.field, missing, (value) => finder.indexOf(value));
  },
};

export function makeSource<K extends SourceKind>(source: SourceOf<K>, task: CollectingTask): TupleSource {
  return sourceTable[sourceKindOf<K>(source)](source, source.missing === undefined ? null : noValue, task);
}
