/** A bucket for each interval that values of a numeric field fall in. */
import { numberThat, oneOf, readString } from '../json/readers.ts';
import { shaped, validateNumber } from '../json/validators.ts';
import { BucketBudget } from './bucket-budget.ts';
import { ascendingBorders, BucketFinder, type Borders } from './bucket-index.ts';
import { areBuckets, mergeBuckets, type BucketPartial } from './buckets.ts';
import type { AggregationDefinition, Finishing } from './definition.ts';
import {
  finishHistogram,
  optionalOptions,
  requiredOptions,
  type HistogramOptions,
  type HistogramPartial,
  type HistogramResult,
} from './histogram-options.ts';
import { shownKey, shownNames, type ShownName } from '../schema/kinds/field-kinds.ts';

export type HistogramRequest = Borders &
  HistogramOptions & {
    readonly kind: 'histogram';
    /** How keys are shown besides the number. */
    readonly show: ShownName;
  };

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
  validate: shaped(
    {
      ...requiredOptions,
      field: readString,
      show: oneOf(shownNames),
      interval: numberThat('a number greater than 0', (value) => value > 0),
      offset: validateNumber,
    },
    optionalOptions,
  ),
  isPartial: ({ aggregations }, { buckets }, areNested) =>
    areBuckets(buckets, Number.isSafeInteger, (nested) => areNested(aggregations, nested)),
  merge: (request, parts, mergeNested) => ({
    kind: 'histogram',
    buckets: mergeBuckets(request.aggregations, parts, mergeNested),
  }),
  finish: (request, { buckets }, finishing) => {
    const { minDocCount, show } = request;
    const listed =
      minDocCount === 0 ? fillGaps(request, buckets, finishing) : buckets.filter(({ count }) => count >= minDocCount);
    const borderOf = ascendingBorders(request);
    const withBorders = listed.map((bucket) => ({ ...bucket, key: borderOf(Number(bucket.key)) }));
    return finishHistogram(request, withBorders, (key) => shownKey(show, key), finishing);
  },
};

/** The buckets, by index, with empty ones between them, and up to the extended bounds. */
function fillGaps(
  request: HistogramRequest,
  buckets: readonly BucketPartial[],
  finishing: Finishing,
): readonly BucketPartial[] {
  const indexes = buckets.map((bucket) => Number(bucket.key));
  const { min, max } = request.extendedBounds ?? {};
  const finder = new BucketFinder(request);
  const first = Math.min(indexes[0] ?? Infinity, min === undefined ? Infinity : finder.indexOf(min));
  const last = Math.max(indexes.at(-1) ?? -Infinity, max === undefined ? -Infinity : finder.indexOf(max));
  // Of no documents, both bounds are needed.
  if (!Number.isFinite(first) || !Number.isFinite(last)) return buckets;
  const count = Math.max(0, last - first + 1);
  // Before any is made, because there could be more than memory holds.
  new BucketBudget().take(count);
  const aggregations = finishing.empty(request.aggregations);
  const filled = Array.from({ length: count }, (_, i): BucketPartial => ({ key: first + i, count: 0, aggregations }));
  buckets.forEach((bucket, i) => (filled[indexes[i]! - first] = bucket));
  return filled;
}
