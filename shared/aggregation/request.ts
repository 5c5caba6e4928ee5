/** What a caller asks to be aggregated, resolved against the schema. */
import type { ShownName } from '../schema/kinds/field-kinds.ts';

/** How the values of a field are kept: numbers, or strings of a keyword field. */
export type ValueKind = 'number' | 'string';

export type MetricRequest = {
  /**
   * `value_count` works on any kind but text; the others on numbers and dates. Each value of an array counts. `raw` is no
   * aggregation of a caller: its result is what was collected, for a root that goes on computing.
   */
  readonly kind: 'min' | 'max' | 'sum' | 'avg' | 'stats' | 'value_count' | 'raw';
  readonly field: string;
  readonly values: ValueKind;
};

export type TermsRequest = {
  readonly kind: 'terms';
  readonly field: string;
  readonly values: ValueKind;
  /** How keys are shown: booleans and dates are kept as numbers. */
  readonly show: ShownName;
  /** Buckets in the result. */
  readonly size: number;
  /** Buckets one leaf sends at most; those it cuts are accounted for in the error bound. At least `size`. */
  readonly shardSize: number;
  readonly order: 'count' | 'keyAscending' | 'keyDescending';
  /** Buckets with fewer documents are left out of the result; at least 1. */
  readonly minDocCount: number;
  readonly aggregations: AggregationRequests;
};

export type HistogramRequest = {
  readonly kind: 'histogram';
  readonly field: string;
  /** How keys are shown besides the number. */
  readonly show: ShownName;
  /** Greater than 0. */
  readonly interval: number;
  /** Shifts the bucket borders; 0 ≤ offset < interval. */
  readonly offset: number;
  /** 0 fills the gaps between the first and the last bucket with empty ones. */
  readonly minDocCount: number;
  readonly aggregations: AggregationRequests;
};

export type AggregationRequest = MetricRequest | TermsRequest | HistogramRequest;

/** By the caller's name. */
export type AggregationRequests = Readonly<Record<string, AggregationRequest>>;
