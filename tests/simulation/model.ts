/**
 * What every shard of a simulated index has at each of its states, and what an answer over some of its shards must be: the
 * oracle of the simulation. Documents are only added, one a log offset, so a state of a shard is a number: its offset.
 */
import type { SearchAnswer } from '../../root/gather/answer.ts';
import { encodeToken } from '../../root/route/token.ts';
import type { TaskResult } from '../../leaf/tasks/task-run.ts';
import type { AggregationPartials } from '../../shared/aggregation/definition.ts';
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import type { MetricPartial } from '../../shared/aggregation/metric.ts';
import { sumOfTwo, valueOfSum } from '../../shared/aggregation/sum.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { packHits, type PartialHit } from '../../shared/protocol/hit-table.ts';
import type { Priority } from '../../shared/protocol/priority.ts';
import type { FetchTask } from '../../shared/protocol/tasks/fetch.ts';
import type { SearchPartial, SearchTask } from '../../shared/protocol/tasks/search.ts';
import type { OffsetsByShard } from '../../shared/protocol/tasks/task.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import { totalUpTo, type SearchRequest, type Spread } from '../../shared/query/request.ts';
import type { Random } from '../../shared/random/random.ts';
import type { Statistics } from '../../shared/ranking/statistics.ts';

interface ModelDocument {
  readonly weight: number;
  readonly amount: number;
}

export interface Model {
  readonly index: IndexDefinition;
  /** By shard; a document's position is its log offset. Grows by `write`. */
  readonly shards: readonly ModelDocument[][];
}

/** A state of a shard: it holds the documents up to this offset, −1 where none. */
export interface ShardState {
  readonly shard: number;
  readonly offset: number;
}

const field = 'amount';
const shardField = 'shard';

export function makeModel(random: Random, shards: number, replicas: number): Model {
  return {
    index: { id: 'x0', name: 'model', kind: 'document', schema: { dynamic: 'false', fields: {} }, shards, replicas },
    shards: Array.from({ length: shards }, () => Array.from({ length: random.integer(0, 6) }, () => draw(random))),
  };
}

/** Adds a document to a shard. @returns its offset */
export function write({ shards }: Model, shard: number, random: Random): number {
  return shards[shard]!.push(draw(random)) - 1;
}

/** The state of a shard with all that was written. */
export function lastOffset({ shards }: Model, shard: number): number {
  return shards[shard]!.length - 1;
}

/** The token of the last write to each of these shards; undefined where nothing was written to any. */
export function tokenOf(model: Model, shards: readonly number[]): string | undefined {
  const written = shards.filter((shard) => lastOffset(model, shard) >= 0);
  if (written.length === 0) return undefined;
  return encodeToken(
    Object.fromEntries(written.map((shard) => [`${model.index.id}/${shard}`, lastOffset(model, shard)])),
  );
}

// Few different weights, so that ties are common; whole amounts, so that sums are exact in any order.
function draw(random: Random): ModelDocument {
  return { weight: random.integer(1, 9), amount: random.integer(1, 99) };
}

/** A search of the model: scored ones make a statistics round first. */
export function makeRequest(options: {
  readonly scored: boolean;
  readonly timeoutMs: number;
  readonly coverageMin: number;
  readonly coverageStrict: boolean;
  readonly spread?: Spread;
  readonly priority: Priority;
  readonly from: number;
  readonly size: number;
  readonly trackTotalHits: boolean | number;
  readonly token: string | undefined;
}): SearchRequest {
  const { scored, ...rest } = options;
  return {
    query: scored ? { kind: 'term', field: 'text', term: 'word' } : { kind: 'all' },
    sort: [{ by: 'score', descending: true }],
    source: true,
    aggregations: {
      total: { kind: 'sum', field, values: 'number' },
      // Says of each shard how many of its documents were searched, and so in which state it was.
      perShard: {
        kind: 'histogram',
        field: shardField,
        show: 'plain',
        interval: 1,
        offset: 0,
        minDocCount: 1,
        aggregations: {},
      },
    },
    ...rest,
  };
}

/**
 * What a leaf answers from these states.
 * @param isGone whether a version of a document that a search has found was dropped since
 */
export function answerTask(
  model: Model,
  task: Task,
  chosen: readonly ShardState[],
  isGone: () => boolean = () => false,
): TaskResult {
  switch (task.kind) {
    case 'search': {
      const { hits, ...own } = searchShards(model, chosen, task);
      const { from, until } = task.sourcesOf ?? { from: 0, until: Infinity };
      const told = hits.map((hit, i) => (i >= from && i < until ? hit : { ...hit, key: null }));
      const sources = hits.slice(from, until).map(sourceOf);
      const { table, body } = packHits(task.sort, told, sources);
      return { own: { ...own, hits: table }, body };
    }
    case 'fetch':
      return fetchFrom(task, chosen, isGone);
    case 'statistics':
      return { own: { kind: 'statistics', statistics: countShards(chosen) }, body: [] };
    case 'document':
      return { own: { kind: 'document', found: null }, body: [] };
    case 'refresh':
      return { own: { kind: 'refresh' }, body: [] };
    case 'sets':
    case 'sources':
    case 'rows':
    case 'matches':
    case 'outcomes':
    case 'scan':
      throw new Error('the model is of a document index');
  }
}

function fetchFrom(task: FetchTask, chosen: readonly ShardState[], isGone: () => boolean): TaskResult {
  const found = chosen
    .flatMap(({ shard, offset: last }) =>
      (task.hits[shard] ?? []).filter((offset) => offset <= last).map((offset) => ({ shard, offset })),
    )
    .filter(() => !isGone());
  const documents = found.map((hit) => [Buffer.from(keyOf(hit.shard, hit.offset)), sourceOf(hit)] as const);
  const columns = {
    shards: found.map(({ shard }) => shard),
    offsets: found.map(({ offset }) => offset),
    keyBytes: documents.map(([key]) => key.length),
    sourceBytes: documents.map(([, source]) => source.length),
  };
  return { own: { kind: 'fetch', found: columns }, body: documents.flat() };
}

/** What the client knows beside the answer. */
export interface Known {
  /** What the query's token says. */
  readonly at: OffsetsByShard;
  /** Documents of a shard when a replica of it last reported to the root that answers, or null. */
  readonly documentsOf: (shard: number) => number | null;
  /** Whether the query has asked for counts itself, and not used what the root had. */
  readonly hasCounted: boolean;
}

/** Why an answer is not what it should be for the shards it says it covers, or null. */
export function faultOf(model: Model, request: SearchRequest, answer: SearchAnswer, known: Known): string | null {
  const { from, size } = request;
  const { coverage } = answer;
  const failed = failedOf(coverage);
  const answered = model.shards.map((_, shard) => shard).filter((shard) => !failed.has(shard));
  const aggregations = mergeAggregations(request.aggregations, answer.parts);
  const states = statesOf(aggregations, answered);
  if (states.length !== answered.length) return 'documents of shards that have failed';
  if (coverage.ratio !== answered.length / model.shards.length) return `ratio ${coverage.ratio}`;
  if (coverage.documents.answered !== countDocuments(states)) return `documents ${coverage.documents.answered}`;
  for (const { shard, offset } of states) {
    if (offset > lastOffset(model, shard)) return `shard ${shard} at ${offset}, which was never written`;
    const asked = known.at[shard] ?? -1;
    if (offset < asked) return `shard ${shard} at ${offset}, the token asks for ${asked}`;
  }
  const expected = searchShards(model, states, { k: from + size });
  const places = (hits: readonly PartialHit[]): string => {
    return hits.map(({ score, key }) => `${weightOf(score)}@${key}`).join(' ');
  };
  const page = expected.hits.slice(from);
  if (places(answer.hits) !== places(page)) return `hits ${places(answer.hits)}, should be ${places(page)}`;
  const wrong = answer.hits.find((hit) => !sourceOf(hit).equals(hit.source));
  if (wrong !== undefined) return `hit ${wrong.key} has the source ${Buffer.from(wrong.source).toString()}`;
  const sum = (each: AggregationPartials): number => valueOfSum((each['total'] as MetricPartial).sum);
  if (sum(aggregations) !== sum(expected.aggregations)) return `sum ${sum(aggregations)}`;
  return (
    faultOfCoverage(model, coverage, known) ??
    faultOfTotal(request, answer, expected.total) ??
    faultOfScores(request, answer, { states, failed, known })
  );
}

/** Why coverage does not add up, or null. What was answered is given to it; see `faultOf` for that. */
export function faultOfCoverage(
  model: Model,
  { shards, documents, failures }: SearchAnswer['coverage'],
  { documentsOf }: Pick<Known, 'documentsOf'>,
): string | null {
  const failed = failedOf({ failures });
  if (shards.asked !== model.shards.length) return `asked ${shards.asked} shards`;
  if (shards.failed !== failed.size) return `${shards.failed} shards failed, ${failed.size} are named`;
  if (shards.answered + shards.failed !== shards.asked) return 'asked ≠ answered + failed';
  const unseen = [...failed].map(documentsOf);
  const asked = unseen.includes(null) ? null : unseen.reduce<number>((sum, count) => sum + count!, documents.answered);
  return documents.asked === asked ? null : `documents asked ${documents.asked}, should be ${asked}`;
}

function failedOf({ failures }: Pick<SearchAnswer['coverage'], 'failures'>): Set<number> {
  return new Set(failures.flatMap(({ shards }) => shards));
}

/** In which states the shards were searched, by the documents that were counted of each. More than were asked for where others were. */
function statesOf(aggregations: AggregationPartials, answered: readonly number[]): ShardState[] {
  const { buckets } = aggregations['perShard'] as PerShard;
  const counts = new Map(buckets.map(({ key, count }) => [key, count]));
  return [...new Set([...answered, ...counts.keys()])]
    .sort((a, b) => a - b)
    .map((shard) => ({ shard, offset: (counts.get(shard) ?? 0) - 1 }));
}

/** A total is exact where it says so, and a lower bound is told only where there is a reason. */
function faultOfTotal(request: SearchRequest, answer: SearchAnswer, exact: number): string | null {
  const { total, totalRelation, coverage } = answer;
  const { totalUpTo: limit = Infinity } = totalUpTo(request);
  const told = `total ${totalRelation} ${total} of ${exact}`;
  const mayBeBound = coverage.shards.failed > 0 || exact > limit;
  if (totalRelation === 'eq') return total === exact && coverage.shards.failed === 0 ? null : told;
  return mayBeBound && total <= exact && total >= Math.min(exact, limit) ? null : told;
}

interface Scored {
  readonly states: readonly ShardState[];
  readonly failed: ReadonlySet<number>;
  readonly known: Known;
}

/** Scores are those of the collection that the answer covers: all were computed from the same counts, of its shards. */
function faultOfScores(
  { query }: SearchRequest,
  { hits }: SearchAnswer,
  { states, failed, known }: Scored,
): string | null {
  const counted = new Set(hits.map(({ score }) => score! % scorePlace));
  if (counted.size > 1) return 'hits were scored by different counts';
  for (const counts of counted) {
    if (query.kind === 'all') return counts === 0 ? null : 'scored by counts without a reason';
    const shards = counts % countPlace;
    const has = (shard: number): boolean => Math.floor(shards / 2 ** shard) % 2 === 1;
    const missing = states.find(({ shard }) => !has(shard));
    if (missing !== undefined) return `shard ${missing.shard} was searched, and is not in the counts`;
    const documents = Math.floor(counts / countPlace);
    if (!known.hasCounted && failed.size === 0 && documents !== countDocuments(states))
      return `scored by counts of ${documents} documents, ${countDocuments(states)} were searched`;
  }
  return null;
}

type PerShard = { readonly buckets: readonly { readonly key: number; readonly count: number }[] };

function countDocuments(states: readonly ShardState[]): number {
  return states.reduce((sum, { offset }) => sum + offset + 1, 0);
}

/** The frequency of the word tells which shards were counted, each once. */
function countShards(chosen: readonly ShardState[]): Statistics {
  const documents = countDocuments(chosen);
  const word = chosen.reduce((sum, { shard }) => sum + 2 ** shard, 0);
  return { fields: { text: { documents, length: documents } }, frequencies: { text: { word } } };
}

/** A score is made of the weight, the documents counted, and the shards counted: all of it can be read from it again. */
const scorePlace = 2 ** 40;
const countPlace = 2 ** 20;

function scoreOf(weight: number, statistics: Statistics | undefined): number {
  const documents = statistics?.fields['text']?.documents ?? 0;
  const shards = statistics?.frequencies['text']?.['word'] ?? 0;
  return weight * scorePlace + documents * countPlace + shards;
}

function weightOf(score: number | null): number {
  return Math.floor(score! / scorePlace);
}

type Found = Pick<SearchPartial, 'kind' | 'total' | 'totalRelation' | 'aggregations'> & {
  readonly hits: readonly PartialHit[];
};

function searchShards(
  { shards }: Model,
  chosen: readonly ShardState[],
  { k, statistics, totalUpTo: limit = Infinity }: Pick<SearchTask, 'k' | 'statistics' | 'totalUpTo'>,
): Found {
  const all = chosen.flatMap(({ shard, offset: last }) =>
    shards[shard]!.slice(0, last + 1).map((document, offset) => ({ ...document, shard, offset })),
  );
  const hits = all
    .toSorted((a, b) => b.weight - a.weight || a.shard - b.shard || a.offset - b.offset)
    .slice(0, k)
    .map(({ weight, shard, offset }) => {
      const score = scoreOf(weight, statistics);
      return { values: [score], score, shard, offset, key: keyOf(shard, offset) };
    });
  const amounts = all.map(({ amount }) => amount);
  const total = {
    kind: 'metric' as const,
    count: amounts.length,
    sum: sumOfTwo(
      amounts.reduce((sum, amount) => sum + amount, 0),
      0,
    )!,
    min: amounts.length === 0 ? null : Math.min(...amounts),
    max: amounts.length === 0 ? null : Math.max(...amounts),
  };
  const buckets = chosen
    .filter(({ offset }) => offset >= 0)
    .map(({ shard, offset }) => ({ key: shard, count: offset + 1, aggregations: {} }));
  const perShard = { kind: 'histogram' as const, buckets };
  return {
    kind: 'search',
    total: Math.min(all.length, limit),
    totalRelation: all.length > limit ? 'gte' : 'eq',
    hits,
    aggregations: { total, perShard },
  };
}

function keyOf(shard: number, offset: number): string {
  return `${shard}/${offset}`;
}

/** A document says which it is. */
function sourceOf({ shard, offset }: Pick<PartialHit, 'shard' | 'offset'>): Buffer {
  return Buffer.from(`{"is":"${keyOf(shard, offset)}"}`);
}
