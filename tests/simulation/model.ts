/**
 * What every shard of a simulated index contributes, and what an answer over some of its shards must be: the oracle of
 * the simulation.
 */
import type { SearchAnswer } from '../../root/gather/answer.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type {
  Partial,
  Priority,
  SearchPartial,
  SearchTask,
  StatisticsPartial,
  Task,
} from '../../shared/protocol/tasks.ts';
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
}): SearchRequest {
  const { scored, ...rest } = options;
  return {
    query: scored ? { kind: 'term', field: 'text', term: 'word' } : { kind: 'all' },
    from: 0,
    size: 5,
    sort: [{ by: 'score', descending: true }],
    source: false,
    trackTotalHits: true,
    aggregations: { total: { kind: 'sum', field, values: 'number' } },
    token: undefined,
    ...rest,
  };
}

/** What a leaf answers from the shards it has. */
export function answerTask(model: Model, task: Task, here: readonly number[]): Partial {
  const failures = task.shards
    .filter((shard) => !here.includes(shard))
    .map((shard) => ({ shard, code: 'SHARD_NOT_HERE' as const }));
  const offsets = Object.fromEntries(here.map((shard) => [shard, -1]));
  const base = { shards: here, failures, documents: countDocumentsOf(model, here), offsets };
  switch (task.kind) {
    case 'search': {
      const found = searchShards(model, here, task.k);
      return { ...base, ...found, hits: packHits(found.hits, []).table };
    }
    case 'statistics':
      return { ...base, ...countShards(model, here) };
    case 'document':
      return { ...base, kind: 'document', found: null };
    case 'refresh':
      return { ...base, kind: 'refresh' };
    case 'sets':
    case 'sources':
    case 'rows':
      throw new Error('the model is of a document index');
  }
}

/** Why an answer is not what it should be for the shards it says it covers, or null. */
export function faultOf(model: Model, answer: SearchAnswer): string | null {
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
  const expected = searchShards(model, answered, 5);
  if (answer.total !== expected.total) return `total ${answer.total}, should be ${expected.total}`;
  const places = (hits: readonly PartialHit[]): string => hits.map(({ score, key }) => `${score}@${key}`).join(' ');
  if (places(answer.hits) !== places(expected.hits))
    return `hits ${places(answer.hits)}, should be ${places(expected.hits)}`;
  const sum = (each: SearchAnswer['aggregations']): number => (each['total'] as { sum: number }).sum;
  if (sum(answer.aggregations) !== sum(expected.aggregations)) return `sum ${sum(answer.aggregations)}`;
  return null;
}

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

/** What travels beside the header of a partial: the keys of its hits. */
export function bodyOf(partial: Partial): Uint8Array {
  if (partial.kind !== 'search') return new Uint8Array();
  const { shards, offsets } = partial.hits;
  return Buffer.from(shards.map((shard, at) => keyOf(shard, offsets[at]!)).join(''));
}
