import { BucketFinder } from '../../../shared/aggregation/bucket-index.ts';
import { bordersOf } from '../../../shared/aggregation/date-histogram.ts';
import { sourceKindOf, type SourceKind, type SourceOf } from '../../../shared/aggregation/composite/source.ts';
import type { CollectingTask } from '../collecting-task.ts';
import { KeywordPageSource } from './keyword-page-source.ts';
import type { PageSource } from './page-source.ts';
import { NumberSource } from '../tuples/number-source.ts';
import { noValue } from '../tuples/tuple-source.ts';

/** @param missing what documents without a value have; null where they are left out */
type MakeSource<K extends SourceKind> = (
  source: SourceOf<K>,
  missing: typeof noValue | null,
  task: CollectingTask,
) => PageSource;

/** How each kind of source reads documents. */
const sourceTable: { readonly [K in SourceKind]: MakeSource<K> } = {
  terms: ({ field, values }, missing, task) =>
    values === 'string' ? new KeywordPageSource(field, missing, task.budget) : new NumberSource(field, missing),
  histogram: (source, missing) => {
    const finder = new BucketFinder(source);
    return new NumberSource(source.field, missing, (value) => finder.indexOf(value));
  },
  date_histogram: (source, missing) => {
    const borders = bordersOf(source);
    return new NumberSource(source.field, missing, (value) => borders.floor(value));
  },
};

export function makeSource<K extends SourceKind>(source: SourceOf<K>, task: CollectingTask): PageSource {
  return sourceTable[sourceKindOf<K>(source)](source, source.missing === undefined ? null : noValue, task);
}
