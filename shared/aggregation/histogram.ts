/** A bucket for each interval that values of a numeric field fall in. */
import { numberThat, oneOf, readString } from '../json/readers.ts';
import { shaped, validateNumber } from '../json/validators.ts';
import { listBytes } from './answer-budget.ts';
import { ascendingBorders, BucketFinder, type Borders } from './bucket-index.ts';
import { anyThatMatch, areBuckets, mergeBuckets, type BucketPartial } from './buckets.ts';
import { keepInSteps, looksPerStep, mapInSteps, type Steps } from './steps.ts';
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
import { boundsOfField, type ColumnBounds } from '../protocol/columns-report.ts';
import { narrowed, type Missing, type MissingShard } from './missing-shards.ts';

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
  isPartial: ({ aggregations }, { buckets }, checking) =>
    areBuckets(aggregations, buckets, Number.isSafeInteger, checking),
  resultBytes: () => listBytes,
  *merge(request, parts, mergeNested) {
    return { kind: 'histogram', buckets: yield* mergeBuckets(request.aggregations, parts, mergeNested) };
  },
  *finish(request, { buckets }, finishing) {
    const { minDocCount, show } = request;
    const listed = yield* minDocCount === 0
      ? fillGaps(request, buckets, finishing)
      : keepInSteps(buckets, ({ count }) => count >= minDocCount);
    const borderOf = ascendingBorders(request);
    const withBorders = yield* mapInSteps(listed, ({ count, aggregations, key }) => {
      return { key: borderOf(Number(key)), count, aggregations };
    });
    const limits = { missingIn: missingInBuckets(request), shownFrom: minDocCount };
    return yield* finishHistogram(request, withBorders, { show: (key) => shownKey(show, key), limits }, finishing);
  },
};

/** A bucket that begins after the greatest value of a shard, or ends before the least, has none of its documents. */
function missingInBuckets(request: HistogramRequest): (key: BucketPartial['key'], missing: Missing) => Missing {
  // Documents without a value are in a bucket then.
  if (request.missing !== undefined) return anyThatMatch;
  const finder = new BucketFinder(request);
  const ranges = new WeakMap<MissingShard, IndexRange>();
  return (key, missing) => {
    const index = finder.indexOf(Number(key));
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

/** The buckets, by index, with empty ones between them, and up to the extended bounds. */
function* fillGaps(
  request: HistogramRequest,
  buckets: readonly BucketPartial[],
  finishing: Finishing,
): Steps<readonly BucketPartial[]> {
  const indexOf = (bucket: BucketPartial | undefined, none: number): number =>
    bucket === undefined ? none : Number(bucket.key);
  const { min, max } = request.extendedBounds ?? {};
  const finder = new BucketFinder(request);
  const first = Math.min(indexOf(buckets[0], Infinity), min === undefined ? Infinity : finder.indexOf(min));
  const last = Math.max(indexOf(buckets.at(-1), -Infinity), max === undefined ? -Infinity : finder.indexOf(max));
  // Of no documents, both bounds are needed.
  if (!Number.isFinite(first) || !Number.isFinite(last)) return buckets;
  const count = Math.max(0, last - first + 1);
  // Before any is made, because there could be more than memory holds.
  finishing.foresee(count, request.aggregations);
  const aggregations = finishing.empty(request.aggregations);
  const filled: BucketPartial[] = [];
  for (let [key, next] = [first, 0]; key <= last; key++) {
    const found = buckets[next];
    if (found !== undefined && Number(found.key) === key) filled.push(buckets[next++]!);
    else filled.push({ key, count: 0, aggregations });
    if (filled.length % looksPerStep === 0) yield;
  }
  return filled;
}
