/**
 * What a root asks of a leaf, and what the leaf answers. Headers are JSON; sources travel as bytes in the frame's
 * body, so that the root never parses a document on the read path.
 *
 * Every task names an index by id and the shards asked of this leaf. `remainingMs` is the time left at sending; the
 * leaf starts its own clock when it reads the frame. `at` asks that a shard's replica has reached a log offset before
 * it answers: the leaf refreshes at once and waits for it inside the remaining time, else the shard fails NOT_CAUGHT_UP.
 */
import type { AggregationPartials, AggregationRequests } from '../aggregation/definition.ts';
import type { ErrorCode } from '../errors.ts';
import type { HighlightRequest } from '../query/highlight.ts';
import type { FieldTerms, Query } from '../query/query.ts';
import type { SourceFilter } from '../query/request.ts';
import type { PlacedTerm, SetExpression } from '../query/set-expression.ts';
import type { Bm25Parameters } from '../ranking/bm25-parameters.ts';
import type { After } from '../ranking/after.ts';
import type { SortKey } from '../ranking/order.ts';
import type { Statistics } from '../ranking/statistics.ts';
import type { FetchedSources } from './fetched-sources.ts';
import type { HitTable } from './hit-table.ts';
import type { Priority } from './priority.ts';

/** Log offsets that replicas must have reached: shard (as a decimal string, for JSON) → offset. */
export type OffsetsByShard = Readonly<Record<string, number>>;

/** What every task says. */
export interface TaskBase {
  readonly index: string;
  readonly shards: readonly number[];
  readonly remainingMs: number;
  readonly at?: OffsetsByShard;
  /**
   * States to answer from, and no other: shard → log offset. A shard that has not just that state, kept or present, fails
   * PIN_GONE.
   */
  readonly exact?: OffsetsByShard;
  /** The states that the counts sent along are of: a shard in any other fails COUNTS_STALE. */
  readonly countedAt?: OffsetsByShard;
  /** Keep the states used, so that later tasks can ask for exactly them; a shard whose state cannot be kept fails. */
  readonly pin?: boolean;
  /** Of the whole query; interactive when absent. */
  readonly priority?: Priority;
  /** Asks for the `timing` of the partial. */
  readonly profile?: boolean;
  /** The traceparent of the attempt, where the query is traced: the parent of the leaf's own spans. */
  readonly trace?: string;
}

/** Counts live documents and document frequencies, for scores that are the same everywhere. */
export interface StatisticsTask extends TaskBase {
  readonly kind: 'statistics';
  readonly terms: FieldTerms;
  /** Of a term index: count documents up to this ordinal only. */
  readonly cut?: number;
}

/** By field name. */
export type Similarities = Readonly<Record<string, Bm25Parameters>>;

export interface SearchTask extends TaskBase {
  readonly kind: 'search';
  readonly query: Query;
  /** Present when the sort uses scores. */
  readonly statistics?: Statistics;
  /** Parameters of the ranking of the fields whose schema has some. */
  readonly similarities?: Similarities;
  /** How many of the best hits to return: from + size. */
  readonly k: number;
  readonly sort: readonly SortKey[];
  /** Only hits that rank after this one are returned; totals and aggregations count all that match. */
  readonly after?: After;
  readonly source: SourceFilter;
  /** Which of the task's own hits bring their sources; all when absent. */
  readonly sourcesOf?: RankWindow;
  readonly aggregations: AggregationRequests;
  /** Show of each hit where it matches. */
  readonly highlight?: HighlightRequest;
  /** Say of each hit why it scores what it scores. */
  readonly explain?: boolean;
  /** The total is exact up to here and may be a lower bound above; 0 where no total is wanted. Left out: exact always. */
  readonly totalUpTo?: number;
  /** Field that says how much a document counts in the buckets of aggregations; each counts once where it is left out. */
  readonly weight?: string;
}

/** Ranks from the best hit, 0, on: from the first up to before the other. */
export interface RankWindow {
  readonly from: number;
  readonly until: number;
}

/**
 * Sources that a search has held back. A log offset names one version of a document for good, so one that was replaced or
 * deleted since is as good as a live one, as long as no merge has dropped it.
 */
export interface FetchTask extends TaskBase {
  readonly kind: 'fetch';
  /** Log offsets of the hits by shard (as a decimal string): some of each shard asked. */
  readonly hits: Readonly<Record<string, readonly number[]>>;
  readonly source: SourceFilter;
}

/** One document by key. Exactly one shard. */
export interface DocumentTask extends TaskBase {
  readonly kind: 'document';
  readonly key: string;
}

/** Makes everything up to `at` searchable and answers when it is. */
export interface RefreshTask extends TaskBase {
  readonly kind: 'refresh';
}

/** All rows of one shard of a roll-up. Exactly one shard. */
export interface RowsTask extends TaskBase {
  readonly kind: 'rows';
}

/** What the shards of a term index have of an expression: the sets of its terms, combined as far as the leaf holds them. */
export interface SetsTask extends TaskBase {
  readonly kind: 'sets';
  /** Each once. Those of shards that are not asked are another leaf's. */
  readonly terms: readonly PlacedTerm[];
  readonly expression: SetExpression;
  /** Nodes of the expression whose sets must come alone, because scores depend on them. */
  readonly apart: readonly number[];
  /** Terms, by place in the list, whose frequencies and lengths score; each is a node that comes alone. */
  readonly frequencies: readonly number[];
  /** Asks for the counts that scoring these terms needs. */
  readonly scoring: FieldTerms;
}

/** Documents of a term index by their ordinals, each of which is one of the shards'. */
export interface SourcesTask extends TaskBase {
  readonly kind: 'sources';
  readonly ordinals: readonly number[];
  readonly source: SourceFilter;
}

export type Task =
  | StatisticsTask
  | SearchTask
  | FetchTask
  | DocumentTask
  | RefreshTask
  | SetsTask
  | SourcesTask
  | RowsTask;

/** A shard that could not answer: data, not an exception. */
export interface ShardFailure {
  readonly shard: number;
  readonly code: ErrorCode;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Where the leaf spent the time of a task, on its own clock, in microseconds. */
export interface TaskTiming {
  /** From reading the task to the first step of its evaluation. */
  readonly queuedUs: number;
  /** From there to the answer, other tasks' slices between its own included. */
  readonly executedUs: number;
}

interface PartialBase {
  /** Shards that answered, ascending. Together with `failures` exactly the shards asked. */
  readonly shards: readonly number[];
  readonly failures: readonly ShardFailure[];
  /** Live documents of the shards that answered. */
  readonly documents: number;
  /** Log offset each answering shard's replica had searchable. */
  readonly offsets: OffsetsByShard;
  /** Present when the task asked for it. */
  readonly timing?: TaskTiming;
}

export interface StatisticsPartial extends PartialBase {
  readonly kind: 'statistics';
  readonly statistics: Statistics;
}

/** Whether a total is exact or a lower bound. */
export type TotalRelation = 'eq' | 'gte';

export interface SearchPartial extends PartialBase {
  readonly kind: 'search';
  /** Documents that match, each once; where the relation is `gte`, at least so many. */
  readonly total: number;
  readonly totalRelation: TotalRelation;
  /** At most `k`, best first. */
  readonly hits: HitTable;
  readonly aggregations: AggregationPartials;
}

/** The frame's body has the sources, in this order. What is not among them is no longer there. */
export interface FetchPartial extends PartialBase {
  readonly kind: 'fetch';
  readonly found: FetchedSources;
}

export interface DocumentPartial extends PartialBase {
  readonly kind: 'document';
  /** The document's source is the frame's body. */
  readonly found: { readonly offset: number } | null;
}

export interface RefreshPartial extends PartialBase {
  readonly kind: 'refresh';
}

/** The frame's body has the rows: see RowsRun. */
export interface RowsPartial extends PartialBase {
  readonly kind: 'rows';
}

/**
 * Sets of ordinals, in the frame's body one after the other as portable Roaring bitmaps; then for each of `postings` its
 * frequencies and its length codes. Every document that matches is in all sets that it belongs to; of the others some are
 * left out.
 */
export interface SetsPartial extends PartialBase {
  readonly kind: 'sets';
  /** Bytes of each set. */
  readonly sets: readonly number[];
  /** What the sets stand for: a node of the expression, or some of its parts by their positions. */
  readonly nodes: readonly { readonly node: number; readonly parts: readonly number[] | null; readonly set: number }[];
  /** Parallel to the documents of a set: `frequencyBytes` for each frequency, then one for each length code. */
  readonly postings: readonly TermPostings[];
  /** Of the terms that are these shards', and of their fields over the whole index, up to the lowest of `offsets`. */
  readonly statistics: Statistics;
  /** Documents of the whole index up to there. */
  readonly collection: number;
}

export interface TermPostings {
  readonly term: number;
  readonly set: number;
  readonly documents: number;
  readonly frequencyBytes: 1 | 4;
}

export interface SourcesPartial extends PartialBase {
  readonly kind: 'sources';
  /** In no order; the sources are the frame's body. */
  readonly found: readonly { readonly ordinal: number; readonly key: string; readonly sourceBytes: number }[];
}

export type Partial =
  | StatisticsPartial
  | SearchPartial
  | FetchPartial
  | DocumentPartial
  | RefreshPartial
  | SetsPartial
  | SourcesPartial
  | RowsPartial;

/** The partial that answers each kind of task. */
export type PartialOf<T extends Task> = Extract<Partial, { kind: T['kind'] }>;
