/** What a kind of aggregation is at the root: how a caller writes it, and what a roll-up can answer of it. */
import type { AggregationKind, AggregationRequests, RequestOf } from '../../../shared/aggregation/definition.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import type { RollupAnswer } from '../../rollup/rollup-answer.ts';

export interface CallerAggregation<K extends AggregationKind> {
  /** Reads what stands under the kind's name. What is nested in it is read by the walk. */
  readonly read: (node: RequestNode, scope: AggregationScope) => OwnRequest<K>;
  /** What its buckets have besides what all have: no aggregation in them may be called so. */
  readonly bucketProperties?: readonly string[];
  /** What a roll-up can answer of it. Without this it is refused there. */
  readonly rollup?: RollupAnswer;
}

/** What all aggregations of a search need to know besides their own JSON. */
export interface SearchScope {
  readonly schema: IndexSchema;
  /** See ReadingDefaults. */
  readonly now: number | undefined;
}

/** What an aggregation needs to know besides its own JSON. */
export interface AggregationScope extends SearchScope {
  /** What is nested in it, read already; none where it nests nothing. */
  readonly aggregations: AggregationRequests;
  /** 1 at the top. */
  readonly depth: number;
}

/** A request without what is nested in it. */
export type OwnRequest<K extends AggregationKind> = Omit<RequestOf<K>, 'aggregations'>;
