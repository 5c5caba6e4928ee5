/** What a caller sees of aggregations, in Elasticsearch's shape: only here are partials divided, ordered and cut. */
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { shownKey } from '../schema/kinds/field-kinds.ts';
import { ascendingBorders } from './bucket-index.ts';
import { compareKeys, emptyPartials } from './merge.ts';
import type { AggregationPartial, AggregationPartials, BucketPartial, MetricPartial } from './partial.ts';
import type {
  AggregationRequest,
  AggregationRequests,
  HistogramRequest,
  MetricRequest,
  TermsRequest,
} from './request.ts';
import { valueOfSum } from './sum.ts';

interface ValueResult {
  /** `null` for the least, greatest or mean of no values. */
  readonly value: number | null;
}

interface StatsResult {
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
  readonly sum: number;
}

/** `key`, `doc_count`, where keys have a second form `key_as_string`, and the nested aggregations by name. */
type BucketResult = Readonly<Record<string, number | string | AggregationResult>>;

interface TermsResult {
  /** No count in `buckets` is short by more than this, and no term left out has more documents. */
  readonly doc_count_error_upper_bound: number;
  /** Documents in all buckets that are not listed. */
  readonly sum_other_doc_count: number;
  readonly buckets: readonly BucketResult[];
}

interface HistogramResult {
  readonly buckets: readonly BucketResult[];
}

type AggregationResult = ValueResult | StatsResult | TermsResult | HistogramResult | MetricPartial;

/** By the caller's name. */
export type AggregationResults = Readonly<Record<string, AggregationResult>>;

/**
 * The results of merged partials.
 * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the answer would have more than `limits.bucketsMax` in all;
 *   REQUEST_VALUE_INVALID when the borders of a histogram cannot be told as numbers
 */
export function finishAggregations(requests: AggregationRequests, partials: AggregationPartials): AggregationResults {
  return finishAll(requests, partials, new BucketBudget());
}

/** Counts the buckets of one answer. */
class BucketBudget {
  private used = 0;

  take(count: number): void {
    this.used += count;
    // So written that a count that is no number is refused too.
    if (!(this.used <= limits.bucketsMax)) {
      throw new SheafError('AGGREGATION_TOO_MANY_BUCKETS', { detail: { limit: limits.bucketsMax, actual: this.used } });
    }
  }
}

function finishAll(
  requests: AggregationRequests,
  partials: AggregationPartials,
  budget: BucketBudget,
): Record<string, AggregationResult> {
  // Without a prototype, because names are callers' words.
  const results: Record<string, AggregationResult> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) {
    if (!Object.hasOwn(partials, name)) throw new Error(`the partial lacks aggregation ${name}`);
    results[name] = finishOne(request, partials[name]!, budget);
  }
  return results;
}

function finishOne(request: AggregationRequest, partial: AggregationPartial, budget: BucketBudget): AggregationResult {
  if (request.kind === 'terms' && partial.kind === 'terms') return finishTerms(request, partial, budget);
  if (request.kind === 'histogram' && partial.kind === 'histogram') {
    return { buckets: finishHistogram(request, partial.buckets, budget) };
  }
  if (request.kind === 'terms' || request.kind === 'histogram' || partial.kind !== 'metric') {
    throw new Error(`a ${partial.kind} partial where ${request.kind} was asked`);
  }
  return finishMetric(request, partial);
}

function finishMetric(request: MetricRequest, partial: MetricPartial): ValueResult | StatsResult | MetricPartial {
  const { count, min, max } = partial;
  const sum = valueOfSum(partial);
  const avg = count === 0 ? null : meanOf(sum / count, partial);
  switch (request.kind) {
    case 'min':
      return { value: min };
    case 'max':
      return { value: max };
    case 'sum':
      return { value: sum };
    case 'avg':
      return { value: avg };
    case 'value_count':
      return { value: count };
    case 'raw':
      return partial;
    case 'stats':
      return { count, min, max, avg, sum };
  }
}

/** A mean lies between the least and the greatest, even where the sum is as large as numbers get and no larger. */
function meanOf(quotient: number, { min, max }: MetricPartial): number {
  return Math.max(min ?? quotient, Math.min(max ?? quotient, quotient));
}

function finishTerms(
  request: TermsRequest,
  partial: Extract<AggregationPartial, { kind: 'terms' }>,
  budget: BucketBudget,
): TermsResult {
  const total = partial.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const listed = partial.buckets
    .filter((bucket) => bucket.count >= request.minDocCount)
    .sort(bucketOrder(request.order))
    .slice(0, request.size);
  const listedTotal = listed.reduce((sum, bucket) => sum + bucket.count, 0);
  return {
    doc_count_error_upper_bound: partial.cutCountMax,
    sum_other_doc_count: total - listedTotal + partial.cutCountSum,
    buckets: finishBuckets(request, listed, budget),
  };
}

/** The order in which buckets of a terms aggregation are listed, and kept where there are too many. */
function bucketOrder(
  order: TermsRequest['order'],
): (a: Pick<BucketPartial, 'key' | 'count'>, b: Pick<BucketPartial, 'key' | 'count'>) => number {
  switch (order) {
    case 'count':
      return (a, b) => b.count - a.count || compareKeys(a.key, b.key);
    case 'keyAscending':
      return (a, b) => compareKeys(a.key, b.key);
    case 'keyDescending':
      return (a, b) => compareKeys(b.key, a.key);
  }
}

function finishHistogram(
  request: HistogramRequest,
  buckets: readonly BucketPartial[],
  budget: BucketBudget,
): BucketResult[] {
  const listed =
    request.minDocCount === 0 ? fillGaps(request, buckets) : buckets.filter((b) => b.count >= request.minDocCount);
  const borderOf = ascendingBorders(request);
  const withBorders = listed.map((bucket) => ({ ...bucket, key: borderOf(Number(bucket.key)) }));
  return finishBuckets(request, withBorders, budget);
}

/** The buckets, by index, with empty ones between them. */
function fillGaps(request: HistogramRequest, buckets: readonly BucketPartial[]): readonly BucketPartial[] {
  if (buckets.length === 0) return [];
  const indexes = buckets.map((bucket) => Number(bucket.key));
  const first = indexes[0]!;
  const count = indexes.at(-1)! - first + 1;
  // Before any is made, because there could be more than memory holds.
  new BucketBudget().take(count);
  const aggregations = emptyPartials(request.aggregations);
  const filled = Array.from({ length: count }, (_, i): BucketPartial => ({ key: first + i, count: 0, aggregations }));
  buckets.forEach((bucket, i) => (filled[indexes[i]! - first] = bucket));
  return filled;
}

function finishBuckets(
  request: TermsRequest | HistogramRequest,
  buckets: readonly BucketPartial[],
  budget: BucketBudget,
): BucketResult[] {
  budget.take(buckets.length);
  return buckets.map((bucket) => {
    const result: Record<string, number | string | AggregationResult> = Object.create(null);
    const { key, asString } = shownKey(request.show, bucket.key);
    result['key'] = key;
    if (asString !== undefined) result['key_as_string'] = asString;
    result['doc_count'] = bucket.count;
    return Object.assign(result, finishAll(request.aggregations, bucket.aggregations, budget));
  });
}
