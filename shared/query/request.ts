/** A search as the root understood it: parsed, resolved against the schema, defaults filled in. */
import type { BigInts } from '../aggregation/big-ints.ts';
import type { AggregationRequests } from '../aggregation/definition.ts';
import type { Pipelines } from '../aggregation/pipelines.ts';
import type { Priority } from '../protocol/priority.ts';
import type { After } from '../ranking/after.ts';
import type { SortKey } from '../ranking/order.ts';
import type { HighlightRequest } from './highlight.ts';
import type { Query } from './query.ts';

/**
 * Which parts of the stored document come back: `false` none; else dotted paths with `*` wildcards, excludes winning. No
 * includes means all.
 */
export type SourceFilter = boolean | { readonly includes: readonly string[]; readonly excludes: readonly string[] };

/** How the shards of a query are divided among the leaves that have them; see root/plan/spread.ts. */
export const spreads = ['even', 'wide', 'narrow'] as const;
export type Spread = (typeof spreads)[number];

export interface SearchRequest {
  readonly query: Query;
  /** Only the shards of these routings are asked; absent, all are. */
  readonly routing?: readonly string[];
  readonly from: number;
  readonly size: number;
  /** At least one key; the default is the score, descending. */
  readonly sort: readonly SortKey[];
  /** Only hits that rank after this one; `from` is 0 then. */
  readonly after?: After;
  readonly source: SourceFilter;
  /** Totals are exact up to here and `gte` beyond; `true` is exact always, `false` leaves the total out. */
  readonly trackTotalHits: boolean | number;
  readonly aggregations: AggregationRequests;
  /** What the root computes of their results. */
  readonly pipelines?: Pipelines;
  /** Each hit shows where it matches. */
  readonly highlight?: HighlightRequest;
  /** Each hit says why it scores what it scores; the sort uses scores then. */
  readonly explain?: boolean;
  /** Milliseconds from arrival to answer; undefined means the configured default. */
  readonly timeoutMs: number | undefined;
  /** Share of the shards, 0 to 1, below which the answer is an error; undefined means the configured default. */
  readonly coverageMin: number | undefined;
  /** Wait for every shard until the deadline, even after the minimum has answered. */
  readonly coverageStrict: boolean;
  /** A shard fails when its replica lacks an entry that has been known for longer; absent, it may be of any age. */
  readonly maxLagMs?: number;
  /** Of all its tasks; interactive when absent. */
  readonly priority?: Priority;
  /** Undefined means the configured default. */
  readonly spread?: Spread;
  /** The answer carries the timeline of its attempts. */
  readonly profile?: boolean;
  /** See SearchTask. */
  readonly weight?: string;
  /** How sums are told that no double holds; strings when absent. */
  readonly bigInts?: BigInts;
  /** Token of a write that the answer must include. */
  readonly token: string | undefined;
  /** The header's token: what the caller has read before. */
  readonly readToken?: string;
  /** `true` pins the state that answers; else the `at` of an earlier answer, whose state is asked. Excludes a token then. */
  readonly at?: true | string;
}

/** How far leaves must count matches, as a search task says it. */
export function totalUpTo({ trackTotalHits }: Pick<SearchRequest, 'trackTotalHits'>): { totalUpTo?: number } {
  if (trackTotalHits === true) return {};
  return { totalUpTo: trackTotalHits === false ? 0 : trackTotalHits };
}
