/** A bucket for each interval that values of a numeric field fall in. */
import { integerWithin, numberThat, oneOf, readString } from '../json/readers.ts';
import { shaped, validateNumber } from '../json/validators.ts';
import { BucketBudget } from './bucket-budget.ts';
import { boundsOfField, type ColumnBounds } from '../protocol/columns-report.ts';
import { ascendingBorders, BucketFinder, type Borders } from './bucket-index.ts';
import { areBuckets, finishBuckets, mergeBuckets, type BucketPartial, type BucketResult } from './buckets.ts';
import type { AggregationDefinition, AggregationRequests, Finishing } from './definition.ts';
import { narrowed, type Missing, type MissingShard } from './missing.ts';
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
    const limits = { missingIn: missingInBuckets(request, listed), shownFrom: minDocCount };
    return { buckets: finishBuckets(request, withBorders, finishing, limits) };
  },
};

/** A bucket that begins after the greatest value of a shard, or ends before the least, has none of its documents. */
function missingInBuckets(
  request: HistogramRequest,
  listed: readonly BucketPartial[],
): (place: number, missing: Missing) => Missing {
  const finder = new BucketFinder(request);
  const ranges = new WeakMap<MissingShard, IndexRange>();
  return (place, missing) => {
    const index = Number(listed[place]!.key);
    return narrowed(missing, (shard) => {
      let range = ranges.get(shard);
      if (range === undefined)
        ranges.set(shard, (range = rangeOf(finder, boundsOfField(shard.columns, request.field))));
      return index >= range.first && index <= range.last;
    });
  };
}

/** Of buckets; both included. */
interface IndexRange {
  readonly first: number;
  readonly last: number;
}

function rangeOf(finder: BucketFinder, { most, low, high }: ColumnBounds): IndexRange {
  if (most === 0) return { first: Infinity, last: -Infinity };
  return { first: indexOr(finder, low, -Infinity), last: indexOr(finder, high, Infinity) };
}

/** Where buckets cannot be told apart any part of them may be meant. */
function indexOr(finder: BucketFinder, value: number, unknown: number): number {
  try {
    return Number.isFinite(value) ? finder.indexOf(value) : unknown;
  } catch {
    return unknown;
  }
}

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
