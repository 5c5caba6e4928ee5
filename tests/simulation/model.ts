/**
 * What every shard of a simulated index contributes, and what an answer over some of its shards must be: the oracle of
 * the simulation.
 */
import type { SearchAnswer } from '../../root/gather/answer.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { FetchPartial, FetchTask } from '../../shared/protocol/tasks/fetch.ts';
import type { SearchPartial, SearchTask } from '../../shared/protocol/tasks/search.ts';
import type { StatisticsPartial } from '../../shared/protocol/tasks/statistics.ts';
import type { Partial, Task } from '../../shared/protocol/tasks/tasks.ts';
import type { Priority } from '../../shared/protocol/priority.ts';
import { packHits, type PartialHit } from '../../shared/protocol/hit-table.ts';
import type { SearchRequest, Spread } from '../../shared/query/request.ts';
import type { Random } from '../../shared/random/random.ts';

interface ModelDocument {
  readonly score: number;
  readonly amount: number;
}

export interface Model {
  readonly index: IndexDefinition;
  /** By shard; a document's position is its log offset. */
  readonly shards: readonly (readonly ModelDocument[])[];
}

const field = 'amount';

export function makeModel(random: Random, shards: number, replicas: number): Model {
  return {
    index: { id: 'x0', name: 'model', kind: 'document', schema: { dynamic: 'false', fields: {} }, shards, replicas },
    // Few different scores, so that ties are common; whole amounts, so that sums are exact in any order.
    shards: Array.from({ length: shards }, () =>
      Array.from({ length: random.integer(0, 6) }, () => ({
        score: random.integer(1, 9),
        amount: random.integer(1, 99),
      })),
    ),
  };
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
}): SearchRequest {
  const { scored, ...rest } = options;
  return {
    query: scored ? { kind: 'term', field: 'text', term: 'word' } : { kind: 'all' },
    sort: [{ by: 'score', descending: true }],
    source: true,
    trackTotalHits: true,
    aggregations: { total: { kind: 'sum', field, values: 'number' } },
    token: undefined,
    ...rest,
  };
}

export interface ModelAnswer {
  readonly partial: Partial;
  readonly body: readonly Uint8Array[];
}

/**
 * What a leaf answers from the shards it has.
 * @param isGone whether a version of a document that a search has found was dropped since
 */
export function answerTask(
  model: Model,
  task: Task,
  here: readonly number[],
  isGone: () => boolean = () => false,
): ModelAnswer {
  const failures = task.shards
    .filter((shard) => !here.includes(shard))
    .map((shard) => ({ shard, code: 'SHARD_NOT_HERE' as const }));
  const offsets = Object.fromEntries(here.map((shard) => [shard, -1]));
  const base = { shards: here, failures, documents: countDocumentsOf(model, here), offsets };
  switch (task.kind) {
    case 'search': {
      const found = searchShards(model, here, task.k);
      const { from, until } = task.sourcesOf ?? { from: 0, until: Infinity };
      const sources = found.hits.map((hit, i) => (i >= from && i < until ? sourceOf(hit) : Buffer.of()));
      const { table, body } = packHits(found.hits, sources);
      return { partial: { ...base, ...found, hits: table }, body };
    }
    case 'fetch':
      return fetchFrom(task, here, base, isGone);
    case 'statistics':
      return { partial: { ...base, ...countShards(model, here) }, body: [] };
    case 'document':
      return { partial: { ...base, kind: 'document', found: null }, body: [] };
    case 'refresh':
      return { partial: { ...base, kind: 'refresh' }, body: [] };
    case 'sets':
    case 'sources':
    case 'rows':
    case 'outcomes':
      throw new Error('the model is of a document index');
  }
}

function fetchFrom(
  task: FetchTask,
  here: readonly number[],
  base: Omit<FetchPartial, 'kind' | 'found'>,
  isGone: () => boolean,
): ModelAnswer {
  const found = here
    .flatMap((shard) => (task.hits[shard] ?? []).map((offset) => ({ shard, offset })))
    .filter(() => !isGone());
  const body = found.map(sourceOf);
  const columns = {
    shards: found.map(({ shard }) => shard),
    offsets: found.map(({ offset }) => offset),
    sourceBytes: body.map(({ length }) => length),
  };
  return { partial: { ...base, kind: 'fetch', found: columns }, body };
}

/** Why an answer is not what it should be for the shards it says it covers, or null. */
export function faultOf(model: Model, { from, size }: Page, answer: SearchAnswer): string | null {
  const { coverage } = answer;
  const failed = new Set(coverage.failures.flatMap(({ shards }) => shards));
  const answered = model.shards.map((_, shard) => shard).filter((shard) => !failed.has(shard));
  if (coverage.shards.asked !== model.shards.length) return `asked ${coverage.shards.asked} shards`;
  if (coverage.shards.answered !== answered.length)
    return `claims ${coverage.shards.answered} of ${answered.length} shards`;
  if (coverage.shards.answered + coverage.shards.failed !== coverage.shards.asked) return 'asked ≠ answered + failed';
  if (coverage.ratio !== answered.length / model.shards.length) return `ratio ${coverage.ratio}`;
  if (coverage.documents.answered !== countDocumentsOf(model, answered))
    return `documents ${coverage.documents.answered}`;
  const expected = searchShards(model, answered, from + size);
  if (answer.total !== expected.total) return `total ${answer.total}, should be ${expected.total}`;
  const places = (hits: readonly PartialHit[]): string => hits.map(({ score, key }) => `${score}@${key}`).join(' ');
  if (places(answer.hits) !== places(expected.hits))
    return `hits ${places(answer.hits)}, should be ${places(expected.hits)}`;
  const wrong = answer.hits.slice(from).find((hit) => !sourceOf(hit).equals(hit.source));
  if (wrong !== undefined) return `hit ${wrong.key} has the source ${Buffer.from(wrong.source).toString()}`;
  const sum = (each: SearchAnswer['aggregations']): number => (each['total'] as { sum: number }).sum;
  if (sum(answer.aggregations) !== sum(expected.aggregations)) return `sum ${sum(answer.aggregations)}`;
  return null;
}

type Page = Pick<SearchRequest, 'from' | 'size'>;

function countDocumentsOf({ shards }: Model, chosen: readonly number[]): number {
  return chosen.reduce((sum, shard) => sum + shards[shard]!.length, 0);
}

function countShards(model: Model, chosen: readonly number[]): Pick<StatisticsPartial, 'kind' | 'statistics'> {
  const documents = countDocumentsOf(model, chosen);
  return { kind: 'statistics', statistics: { fields: { text: { documents, length: documents } }, frequencies: {} } };
}

function searchShards(
  { shards }: Model,
  chosen: readonly number[],
  k: SearchTask['k'],
): Pick<SearchPartial, 'kind' | 'total' | 'totalRelation' | 'aggregations'> & { readonly hits: readonly PartialHit[] } {
  const all = chosen.flatMap((shard) => shards[shard]!.map((document, offset) => ({ ...document, shard, offset })));
  const hits = all
    .toSorted((a, b) => b.score - a.score || a.shard - b.shard || a.offset - b.offset)
    .slice(0, k)
    .map(({ score, shard, offset }) => ({
      values: [score],
      score,
      shard,
      offset,
      key: keyOf(shard, offset),
    }));
  const amounts = all.map(({ amount }) => amount);
  const total = {
    kind: 'metric' as const,
    count: amounts.length,
    sum: amounts.reduce((sum, amount) => sum + amount, 0),
    compensation: 0,
    min: amounts.length === 0 ? null : Math.min(...amounts),
    max: amounts.length === 0 ? null : Math.max(...amounts),
  };
  return { kind: 'search', total: all.length, totalRelation: 'eq', hits, aggregations: { total } };
}

function keyOf(shard: number, offset: number): string {
  return `${shard}/${offset}`;
}

/** A document says which it is. */
function sourceOf({ shard, offset }: Pick<PartialHit, 'shard' | 'offset'>): Buffer {
  return Buffer.from(`{"is":"${keyOf(shard, offset)}"}`);
}
