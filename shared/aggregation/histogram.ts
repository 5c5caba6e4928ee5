/** A bucket for each interval that values of a numeric field fall in. */
import { integerWithin, numberThat, oneOf, readString } from '../json/readers.ts';
import { shaped, validateNumber } from '../json/validators.ts';
import { BucketBudget } from './bucket-budget.ts';
import { ascendingBorders, type Borders } from './bucket-index.ts';
import { areBuckets, finishBuckets, mergeBuckets, type BucketPartial, type BucketResult } from './buckets.ts';
import type { AggregationDefinition, AggregationRequests, Finishing } from './definition.ts';
import { shownNames, type ShownName } from '../schema/kinds/field-kinds.ts';

export type HistogramRequest = Borders & {
  readonly kind: 'histogram';
  /** How keys are shown besides the number. */
  readonly show: ShownName;
  /** 0 fills the gaps between the first and the last bucket with empty ones. */
  readonly minDocCount: number;
  readonly aggregations: AggregationRequests;
};

export type HistogramPartial = {
  readonly kind: 'histogram';
  /** Keys ascending; only buckets with documents. */
  readonly buckets: readonly BucketPartial[];
};

interface HistogramResult {
  readonly buckets: readonly BucketResult[];
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly histogram: {
      readonly request: HistogramRequest;
      readonly partial: HistogramPartial;
      readonly result: HistogramResult;
    };
  }
}

export const histogram: AggregationDefinition<'histogram'> = {
  nests: true,
  partialKind: 'histogram',
  validate: shaped({
    field: readString,
    show: oneOf(shownNames),
    interval: numberThat('a number greater than 0', (value) => value > 0),
    offset: validateNumber,
    minDocCount: integerWithin(0, Number.MAX_SAFE_INTEGER),
  }),
  isPartial: ({ aggregations }, { buckets }, areNested) =>
    areBuckets(buckets, Number.isSafeInteger, (nested) => areNested(aggregations, nested)),
  merge: (request, parts, mergeNested) => ({
    kind: 'histogram',
    buckets: mergeBuckets(request.aggregations, parts, mergeNested),
  }),
  finish: (request, { buckets }, finishing) => {
    const { minDocCount } = request;
    const listed =
      minDocCount === 0 ? fillGaps(request, buckets, finishing) : buckets.filter(({ count }) => count >= minDocCount);
    const borderOf = ascendingBorders(request);
    const withBorders = listed.map((bucket) => ({ ...bucket, key: borderOf(Number(bucket.key)) }));
    return { buckets: finishBuckets(request, withBorders, finishing) };
  },
};

/** The buckets, by index, with empty ones between them. */
function fillGaps(
  request: HistogramRequest,
  buckets: readonly BucketPartial[],
  finishing: Finishing,
): readonly BucketPartial[] {
  if (buckets.length === 0) return [];
  const indexes = buckets.map((bucket) => Number(bucket.key));
  const first = indexes[0]!;
  const count = indexes.at(-1)! - first + 1;
  // Before any is made, because there could be more than memory holds.
  new BucketBudget().take(count);
  const aggregations = finishing.empty(request.aggregations);
  const filled = Array.from({ length: count }, (_, i): BucketPartial => ({ key: first + i, count: 0, aggregations }));
  buckets.forEach((bucket, i) => (filled[indexes[i]! - first] = bucket));
  return filled;
}
