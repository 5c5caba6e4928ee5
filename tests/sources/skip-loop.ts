/** Random searches of many indexes, with and without skipping shards, held to each other and to the oracle. */
import assert from 'node:assert/strict';
import { createRootMetrics } from '../../root/http/metrics.ts';
import { renderSearch } from '../../root/http/render-search.ts';
import { rootKinds } from '../../root/kinds/root-kinds.ts';
import { NewShards } from '../../root/plan/new-shards.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import type { SearchAsk, SearchServices } from '../../root/search-ask.ts';
import { runSeveral } from '../../root/several/run-several.ts';
import { emptyCatalog, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { randomAdditions } from '../oracle/generate-documents.ts';
import { randomSearch } from '../oracle/generate-searches.ts';
import { schema } from '../oracle/generate-values.ts';
import { isObject, type Json, type JsonObject } from '../oracle/json.ts';
import { Oracle } from '../oracle/oracle.ts';
import { DocumentCluster } from './document-cluster.ts';

const requestsOfRound = 100;
const indexesOfRound = 8;

export interface Many {
  readonly cluster: DocumentCluster;
  readonly indexes: readonly IndexDefinition[];
  readonly oracles: ReadonlyMap<string, Oracle>;
}

/** Indexes of one to three shards with so few documents that most queries find nothing in most of them. */
function makeMany(random: Random, count: number): Many {
  const indexes = Array.from({ length: count }, (_, i): IndexDefinition => {
    const shards = random.pick([1, 1, 2, 3]);
    return { id: `x${i}`, name: `i${String(i).padStart(2, '0')}`, kind: 'document', schema, shards, replicas: 2 };
  });
  const firstShards = new Map<string, number>();
  let shards = 0;
  for (const index of indexes) {
    firstShards.set(index.id, shards);
    shards += index.shards;
  }
  const cluster = new DocumentCluster({ schema, shards, leaves: 3, replicas: 2, firstShards });
  const oracles = new Map(indexes.map((index) => [index.id, new Oracle({ ...index, index: index.name })]));
  for (let batch = 0; batch < 3; batch++) {
    for (const { id, shards: own } of indexes) {
      const shardOf = (key: string): number => firstShards.get(id)! + shardOfKey(key, own);
      const added = randomAdditions(random, { count: random.integer(0, 4), from: batch * 3 });
      const writes = added.map(({ key, ...change }) => {
        const isPut = 'source' in change && random.chance(0.9);
        if (isPut) oracles.get(id)!.put(key, change.source);
        else oracles.get(id)!.delete(key);
        return { shard: shardOf(key), key, document: isPut ? change.source : null };
      });
      cluster.write(writes);
    }
  }
  return { cluster, indexes, oracles };
}

const metrics = createRootMetrics();

/** The answer as a caller sees it. @param skipShardsFrom as the setting; 0 asks every shard */
export async function ask(
  { cluster, indexes }: Pick<Many, 'cluster' | 'indexes'>,
  body: JsonObject,
  skipShardsFrom: number,
  { signal } = new AbortController(),
): Promise<Record<string, Json>> {
  const root: SearchServices = {
    ...cluster.root,
    kinds: rootKinds,
    config: { timeoutMs: 20_000, timeoutMsMax: 60_000, coverageMin: 1, skipShardsFrom },
    catalog: {
      state: emptyCatalog,
      isKnown: true,
      catchUp: async () => undefined,
      findKnown: () => undefined,
      look: () => Promise.reject(new Error('every index is given')),
    },
    membership: { waitUntil: async (condition) => condition() },
    newShards: new NewShards(),
    loop: { behindMs: 0 },
    tracer: null,
    metrics,
  };
  const given: SearchAsk = {
    index: 'i*',
    findMs: 100,
    read: (known, defaults) => parseSearchBody(body, known, defaults),
    arrivedAt: root.clock.now(),
    signal,
    token: undefined,
    traceparent: undefined,
  };
  cluster.traffic.length = 0;
  const found = await runSeveral(
    root,
    given,
    indexes.map((index) => ({ index, filters: null })),
  );
  return JSON.parse(renderSearch(found).toString()) as Record<string, Json>;
}

interface Shards {
  readonly asked: number;
  readonly answered: number;
  readonly failed: number;
  readonly skipped?: number;
}

export const shardsOf = (answer: Readonly<Record<string, Json>>): Shards =>
  (answer['coverage'] as JsonObject)['shards'] as unknown as Shards;

/** What has to be the same whether or not shards are skipped. */
export function withoutCounts(answer: Readonly<Record<string, Json>>): object {
  const { asked, failed } = shardsOf(answer);
  return {
    ...answer,
    took: 0,
    coverage: { ...(answer['coverage'] as JsonObject), shards: { asked, failed } },
    ...(answer['aggregations'] === undefined ? {} : { aggregations: withoutCost(answer['aggregations']) }),
  };
}

/** Aggregations but for what their rounds took. */
function withoutCost(aggregations: Json): JsonObject {
  const entries = Object.entries(aggregations as JsonObject).map(([name, result]): [string, Json] => {
    const accuracy = isObject(result) ? result['accuracy'] : undefined;
    if (!isObject(result) || !isObject(accuracy)) return [name, result];
    return [name, { ...result, accuracy: { ...accuracy, rounds: 0, bytes: 0 } }];
  });
  return Object.fromEntries(entries);
}

/** A random search that is of several indexes, and of which every match is counted. */
function randomBody(random: Random): JsonObject {
  const { query, ...rest } = randomSearch(random);
  const body: JsonObject = { ...rest, track_total_hits: true, from: random.integer(0, 3) };
  if (random.chance(0.6)) return query === undefined ? body : { ...body, query };
  const low = random.integer(-60, 60);
  const range = { range: { rank: { gte: low, lt: low + random.integer(1, 20) } } };
  const inner: Json = query ?? { match_all: {} };
  return {
    ...body,
    query: random.pick<Json>([
      range,
      { bool: { filter: [range], must: [inner] } },
      { bool: { must_not: [range], filter: [inner] } },
      { bool: { should: [range, inner], minimum_should_match: random.integer(0, 2) } },
      { bool: { filter: [range], must_not: [{ exists: { field: 'tags' } }] } },
      { constant_score: { filter: range } },
      { dis_max: { queries: [range, { term: { tags: 'cat' } }] } },
    ]),
  };
}

export interface Skipping {
  readonly requests: number;
  /** Searches that skipped shards, and how many shards. */
  readonly skipping: number;
  readonly shards: number;
  /** Searches that found anything. */
  readonly matched: number;
}

/**
 * Random searches of random indexes, each answered with and without skipping and counted by the oracle.
 * @throws AssertionError at the first difference, with the seed and the search
 */
export async function compareSkipping({ requests, seed }: { requests: number; seed: number }): Promise<Skipping> {
  const random = createRandom(seed);
  let [done, skipping, shards, matched] = [0, 0, 0, 0];
  while (done < requests) {
    const many = makeMany(random, indexesOfRound);
    for (let i = 0; i < requestsOfRound && done < requests; i++, done++) {
      const body = randomBody(random);
      const where = `seed ${seed}, request ${done}: ${JSON.stringify(body)}`;
      const [plain, skipped] = [await ask(many, body, 0), await ask(many, body, 1)];
      assert.deepEqual(withoutCounts(skipped), withoutCounts(plain), where);
      const { asked, answered, failed, skipped: without = 0 } = shardsOf(skipped);
      assert.equal(asked, answered + failed + without, where);
      assert.equal(shardsOf(plain).skipped, undefined, where);
      const expected = [...many.oracles.values()].reduce((sum, oracle) => sum + oracle.search(body).total, 0);
      const hits = skipped['hits'];
      assert.deepEqual(isObject(hits) ? hits['total'] : null, { value: expected, relation: 'eq' }, where);
      skipping += without > 0 ? 1 : 0;
      shards += without;
      matched += expected > 0 ? 1 : 0;
    }
  }
  return { requests, skipping, shards, matched };
}
