/**
 * Mergeable pieces of aggregations: what leaves send. Merging is associative and commutative; only the root divides,
 * cuts and orders (result.ts). All of it is plain JSON.
 */
export type MetricPartial = {
  readonly kind: 'metric';
  /** Values seen. */
  readonly count: number;
  /** Sum as an unevaluated pair: `sum + compensation` (Neumaier), so that merges lose next to nothing in any order. */
  readonly sum: number;
  readonly compensation: number;
  /** `null` when count is 0. */
  readonly min: number | null;
  readonly max: number | null;
};

export type BucketPartial = {
  /** The term; of a histogram the index of the bucket (bucket-index.ts), a safe integer. */
  readonly key: number | string;
  /** Documents in the bucket, each once however many of its values fall in it. */
  readonly count: number;
  readonly aggregations: AggregationPartials;
};

export type TermsPartial = {
  readonly kind: 'terms';
  /** Keys ascending (numbers by value, strings in code point order), so that merging is one pass. */
  readonly buckets: readonly BucketPartial[];
  /** No key that was cut away has more documents than this in what was merged so far; 0 if nothing was cut. */
  readonly cutCountMax: number;
  /** Sum of the counts of the buckets cut away. */
  readonly cutCountSum: number;
};

export type HistogramPartial = {
  readonly kind: 'histogram';
  /** Keys ascending; only buckets with documents. */
  readonly buckets: readonly BucketPartial[];
};

export type AggregationPartial = MetricPartial | TermsPartial | HistogramPartial;

/** By the caller's name; the same names as in the request. */
export type AggregationPartials = Readonly<Record<string, AggregationPartial>>;
