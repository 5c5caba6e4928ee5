import type { AggregationPartials, AggregationRequests } from '../../aggregation/definition.ts';
import { readsScores } from '../../aggregation/reads-scores.ts';
import { integerWithin } from '../../json/readers.ts';
import type { RequestNode } from '../../json/request-node.ts';
import { shaped } from '../../json/validators.ts';
import { limits } from '../../limits.ts';
import type { HighlightRequest } from '../../query/highlight.ts';
import type { Query } from '../../query/query.ts';
import type { SourceFilter } from '../../query/request.ts';
import type { After } from '../../ranking/after.ts';
import type { Bm25Parameters } from '../../ranking/bm25-parameters.ts';
import type { SortKey } from '../../ranking/order.ts';
import type { Statistics } from '../../ranking/statistics.ts';
import { areAggregations } from '../are-aggregations.ts';
import { isHitTable, type HitTable } from '../hit-table.ts';
import { isCount } from '../partial-fields.ts';
import { validateAggregations } from '../validate-aggregations.ts';
import { validateSort, validateSourceFilter } from '../validate-hits.ts';
import { validateQuery } from '../validate-query.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/** By field name. */
export type Similarities = Readonly<Record<string, Bm25Parameters>>;

export interface SearchTask extends TaskBase {
  readonly kind: 'search';
  readonly query: Query;
  /** Present when the sort or an aggregation uses scores. */
  readonly statistics?: Statistics;
  /** Parameters of the ranking of the fields whose schema has some. */
  readonly similarities?: Similarities;
  /** How many of the best hits to return: from + size. */
  readonly k: number;
  readonly sort: readonly SortKey[];
  /** Only hits that rank after this one are returned; totals and aggregations count all that match. */
  readonly after?: After;
  readonly source: SourceFilter;
  /** Which of the task's own hits bring their keys and sources; all when absent. */
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

/** Where every hit brings all it has. */
export const everyRank: RankWindow = { from: 0, until: Infinity };

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

export const searchMessage: TaskMessage<SearchTask> = {
  validate: shaped({
    query: validateQuery,
    k: integerWithin(0, limits.resultWindowMax),
    sort: validateSort,
    source: validateSourceFilter,
    aggregations: validateAggregations,
  }),
  check: (node, task) => {
    requireStatistics(node, task);
    requireValueOfEachKey(node, task);
  },
  isAnswer: ({ sort, sourcesOf, aggregations }, partial, body) => {
    const { total, totalRelation, hits } = partial;
    if (!isCount(total) || (totalRelation !== 'eq' && totalRelation !== 'gte')) return false;
    if (!areHits(hits, { sort, ranks: sourcesOf ?? everyRank, shards: partial['shards'] as readonly number[] }, body))
      return false;
    return areAggregations(aggregations, partial['aggregations']);
  },
};

/** Scores are the same everywhere because the counts they are computed from come with the task. */
function requireStatistics(node: RequestNode, { k, sort, statistics, aggregations }: SearchTask): void {
  const isScored = (k > 0 && sort.some(({ by }) => by === 'score')) || readsScores(aggregations);
  if (isScored && statistics === undefined) throw node.fault('REQUEST_FIELD_MISSING', { field: 'statistics' });
}

function requireValueOfEachKey(node: RequestNode, { sort, after }: SearchTask): void {
  if (after === undefined || after.values.length === sort.length) return;
  const values = node.child('after', after).child('values', after.values);
  throw values.invalid({ expected: 'one value per sort key', limit: sort.length, actual: after.values.length });
}

const marks = new Uint8Array(limits.shardsMax);

interface AskedOfTask {
  readonly sort: readonly SortKey[];
  readonly ranks: RankWindow;
  /** Those that are answered for, and that every hit is of one of. */
  readonly shards: readonly number[];
}

function areHits(hits: unknown, { sort, ranks, shards }: AskedOfTask, body: Uint8Array): boolean {
  for (const shard of shards) marks[shard] = 1;
  const are = isHitTable(hits, { keys: sort, ...ranks, mayBeOf: isMarked }, body);
  for (const shard of shards) marks[shard] = 0;
  return are;
}

function isMarked(shard: number): boolean {
  return marks[shard] === 1;
}
