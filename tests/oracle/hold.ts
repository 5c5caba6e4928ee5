/** Holds a running service to the oracle: the same random documents to both, then the same random searches. */
import { spreads, type Spread } from '../../shared/query/request.ts';
import { limits } from '../../shared/limits.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { compareAnswer } from './compare.ts';
import { type Change, randomAdditions, randomChanges } from './generate-documents.ts';
import { randomTermSearch } from './generate-term-searches.ts';
import { randomSearch } from './generate-searches.ts';
import { schema } from './generate-values.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { Oracle, type OracleAnswer } from './oracle.ts';

export interface HoldOptions {
  /** Where a root answers, without a slash at the end: `http://127.0.0.1:7700`. */
  readonly baseUrl: string;
  /** Everything random follows from it. */
  readonly seed: number;
  readonly shards: number;
  /** 1 when absent; no more than there are leaves. */
  readonly replicas?: number;
  /** Of the index; a document index when absent. */
  readonly kind?: 'document' | 'term';
  /** Changes sent before the first round; some put the same key again and some delete. */
  readonly documents: number;
  /** Rounds of queries; each but the first begins with changes to about a third of the documents. */
  readonly rounds: number;
  readonly queriesPerRound: number;
}

export interface HoldResult {
  readonly queries: number;
  /** Queries that matched at least one document: were they few, the test would prove little. */
  readonly matched: number;
}

/**
 * Creates an index named after seed and shards, fills it, and compares every answer.
 *
 * @throws Error at the first difference, with the seed, the query and all that is wrong with its answer
 */
export async function holdToOracle(options: HoldOptions): Promise<HoldResult> {
  const random = createRandom(options.seed);
  const { kind = 'document', shards } = options;
  const index = `oracle-${kind}-${options.seed}-${shards}`;
  const url = `${options.baseUrl}/v1/indexes/${index}`;
  // Of a term index the order of the log decides between equal scores, whatever the shard.
  const oracle = new Oracle({ index, schema, shards: kind === 'term' ? 1 : shards });
  await send('PUT', url, JSON.stringify({ kind, shards, replicas: options.replicas ?? 1, schema }));
  let matched = 0;
  for (let round = 0; round < options.rounds; round++) {
    await change({ url, oracle, random, options, round });
    for (let query = 0; query < options.queriesPerRound; query++) {
      const body = kind === 'term' ? randomTermSearch(random) : randomSearch(random);
      const where = `seed ${options.seed}, ${options.shards} shards, round ${round}, query ${query}`;
      // However the work is divided, the answer is the same.
      const spread = spreads[query % spreads.length]!;
      const { ranking, sort, shownOf } = await searchBoth({ url, oracle, body, spread, where });
      if (ranking.length > 0) matched++;
      if (ranking.length === 0 || !sort.every((key) => key.by === 'field')) continue;
      const page = { ...body, from: 0, search_after: shownOf(random.pick(ranking)) };
      await searchBoth({ url, oracle, body: page, spread, where: `${where}, a page of it` });
    }
  }
  return { queries: options.rounds * options.queriesPerRound, matched };
}

/** Sends changes in batches of random sizes, to both. */
async function change(step: {
  url: string;
  oracle: Oracle;
  random: Random;
  options: HoldOptions;
  round: number;
}): Promise<void> {
  const { random, options, round } = step;
  const count = round === 0 ? options.documents : Math.ceil(options.documents / 3);
  const changes =
    options.kind === 'term'
      ? randomAdditions(random, { count, from: round === 0 ? 0 : options.documents + round * count })
      : randomChanges(random, { count, keys: options.documents, deletes: round === 0 ? 0.05 : 0.3 });
  for (let start = 0; start < changes.length;) {
    const batch = changes.slice(start, start + random.integer(1, 100));
    const body = batch.map((one) => `${JSON.stringify(lineOf(one))}\n`).join('');
    const answer = await send('POST', `${step.url}/documents?key=id&refresh=wait`, body, 'application/x-ndjson');
    if (!isObject(answer) || answer['accepted'] !== batch.length) {
      throw new Error(`seed ${options.seed}: sent ${batch.length} valid lines, answered ${JSON.stringify(answer)}`);
    }
    for (const one of batch) {
      if (one.kind === 'put') step.oracle.put(one.key, one.source);
      else step.oracle.delete(one.key);
    }
    start += batch.length;
  }
}

function lineOf(one: Change): JsonObject {
  return one.kind === 'put' ? one.source : { _delete: one.key };
}

interface SearchStep {
  readonly url: string;
  readonly oracle: Oracle;
  readonly body: JsonObject;
  readonly spread: Spread;
  readonly where: string;
}

/** What is right. The timeout is long, because a busy machine is no difference. */
async function searchBoth(step: SearchStep): Promise<OracleAnswer> {
  const sent = { ...step.body, timeout: '30s', spread: step.spread };
  const expected = step.oracle.search(sent);
  let response: Json;
  try {
    response = await send('POST', `${step.url}/search`, JSON.stringify(sent));
  } catch (error) {
    if (isRightlyRefused(expected, error)) return expected;
    throw new Error(`${step.where}: ${JSON.stringify(sent)}`, { cause: error });
  }
  const differences = compareAnswer(expected, response);
  if (differences.length > 0) {
    const listed = differences.slice(0, 20).map((difference) => `  ${difference}`);
    const cut = differences.length > listed.length ? `\n  and ${differences.length - listed.length} more` : '';
    throw new Error(`${step.where}: POST ${step.url}/search\n${JSON.stringify(sent)}\n${listed.join('\n')}${cut}`);
  }
  return expected;
}

/** An answer of more buckets than the limit is refused, and no other. */
function isRightlyRefused({ aggregations }: OracleAnswer, error: unknown): boolean {
  const isRefused = error instanceof Error && error.message.includes('"AGGREGATION_TOO_MANY_BUCKETS"');
  return isRefused && countBuckets(aggregations) > limits.bucketsMax;
}

function countBuckets(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, each) => sum + countBuckets(each), 0);
  return 'buckets' in value && Array.isArray(value.buckets) ? inner + value.buckets.length : inner;
}

/** @throws Error for any status but 2xx, with what was answered */
async function send(method: string, url: string, body: string, contentType = 'application/json'): Promise<Json> {
  const response = await fetch(url, { method, body, headers: { 'content-type': contentType } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 2000)}`);
  return JSON.parse(text) as Json;
}
