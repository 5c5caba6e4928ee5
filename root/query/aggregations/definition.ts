/** What a kind of aggregation is at the root: how a caller writes it, and what a roll-up can answer of it. */
import type {
  AggregationKind,
  AggregationRequest,
  AggregationRequests,
  RequestOf,
} from '../../../shared/aggregation/definition.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import type { Query } from '../../../shared/query/query.ts';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import type { RollupAnswer } from '../../rollup/rollup-answer.ts';

export interface CallerAggregation<K extends AggregationKind> {
  /** Reads what stands under the kind's name. What is nested in it is read by the walk. */
  readonly read: (node: RequestNode, scope: AggregationScope) => OwnRequest<K>;
  /** What its buckets have besides what all have: no aggregation in them may be called so. */
  readonly bucketProperties?: readonly string[];
  /** What a roll-up can answer of it. Without this it is refused there. */
  readonly rollup?: RollupAnswer;
  /**
   * Its buckets, where it nests: `one`, whose properties are those of its result; or a `sequence`, by ascending numbers as keys and
   * without gaps where its `minDocCount` is 0 or it has none. Left out: several, in whatever order.
   */
  readonly buckets?: 'one' | 'sequence';
  /** The numbers of its result, as paths to them name them in orders and pipelines. Without this there is none. */
  readonly numbers?: ResultNumbers<K>;
}

interface ResultNumbers<K extends AggregationKind> {
  /** Where there is one only, callers need not name it. */
  readonly names: (request: RequestOf<K>) => readonly string[];
  /** Where one stands in a result: properties from the outermost, places in lists among them. The property of that name where left out. */
  readonly placeOf?: (request: RequestOf<K>, name: string) => readonly string[];
}

/** The numbers of the result of one aggregation. */
export interface ShownNumbers {
  readonly names: readonly string[];
  readonly placeOf: (name: string) => readonly string[];
}

/** See numbers-of.ts. */
export type NumbersOf = (request: AggregationRequest) => ShownNumbers;

/** Of results that are a `value`. */
export const oneValue = { names: () => ['value'] } as const;

/** What all aggregations of a search need to know besides their own JSON. */
export interface SearchScope {
  readonly schema: IndexSchema;
  /** See ReadingDefaults. */
  readonly now: number | undefined;
  /** Reads a clause of a query, which counts as those of the query do. */
  readonly readFilter: (node: RequestNode) => Query;
}

/** What an aggregation needs to know besides its own JSON. */
export interface AggregationScope extends SearchScope {
  /** What is nested in it, read already; none where it nests nothing. */
  readonly aggregations: AggregationRequests;
  /** Which numbers these have. */
  readonly numbersOf: NumbersOf;
  /** Levels of aggregations up to this one: 1 at the top. */
  readonly depth: number;
}

/** A request without what is nested in it. */
export type OwnRequest<K extends AggregationKind> = Omit<RequestOf<K>, 'aggregations'>;
