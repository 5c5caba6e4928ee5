/**
 * Term indexes whose shards have read the log up to different offsets, and some of which fail, held to the oracle: an
 * answer is that of the documents up to the lowest offset asked, and without a shard it has nothing that is wrong.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { PendingDocument } from '../../leaf/terms/pending-documents.ts';
import { renderSearch } from '../../root/http/render-search.ts';
import { rootKinds } from '../../root/kinds/root-kinds.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import { search } from '../../root/search.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import { compareAnswer } from '../oracle/compare.ts';
import { randomAdditions } from '../oracle/generate-documents.ts';
import { randomTermSearch } from '../oracle/generate-term-searches.ts';
import { schema } from '../oracle/generate-values.ts';
import type { Json, JsonObject } from '../oracle/json.ts';
import { Oracle } from '../oracle/oracle.ts';
import { makeTermCluster, type TermCluster } from './term-cluster.ts';
import { roundsOf } from '../stages/rounds.ts';

const fields = indexedFields(schema);

interface Entry extends PendingDocument {
  readonly parsed: JsonObject;
}

/** A log with gaps. */
function randomLog(random: Random, count: number): Entry[] {
  let ordinal = -1;
  return randomAdditions(random, { count, from: 0 }).flatMap((change) => {
    if (change.kind === 'delete') return [];
    ordinal += 1 + (random.chance(0.2) ? random.integer(1, 5) : 0);
    return [{ ordinal, key: change.key, source: Buffer.from(JSON.stringify(change.source)), parsed: change.source }];
  });
}

function oracleUpTo(log: readonly Entry[], offset: number): Oracle {
  const oracle = new Oracle({ index: 'test', schema, shards: 1 });
  for (const { ordinal, key, parsed } of log) if (ordinal <= offset) oracle.put(key, parsed);
  return oracle;
}

/** The answer's JSON. */
async function answerOf({ root, sent }: TermCluster, shards: number, body: JsonObject): Promise<string> {
  sent.length = 0;
  const index: IndexDefinition = { id: 'x1', name: 'test', kind: 'term', schema, shards, replicas: 1 };
  const request = parseSearchBody(body, schema, { timeoutMsMax: 60_000 });
  const defaults = { timeoutMs: 30_000, coverageMin: 1 };
  const arrival = { arrivedAt: root.clock.now(), trace: null, signal: new AbortController().signal };
  const answer = await search({ ...root, kinds: rootKinds }, defaults, index, request, arrival);
  return renderSearch({ index, isOfSeveral: false, request, answer, results: {} }).toString();
}

/** The lowest offset of the shards that the round of sets asked. */
function cutOf({ sent, snapshots }: TermCluster): number {
  const asked = sent.filter(({ kind }) => kind === 'sets').flatMap((task) => task.shards);
  return Math.min(...asked.map((shard) => snapshots[shard]!.offset));
}

/** The sets of a query are asked of the shards that its terms hash to and of no other, in one task a leaf. */
function checkSetsTasks({ sent }: TermCluster, leaves: number, message: string): void {
  const tasks = sent.filter((task) => task.kind === 'sets');
  const asked = tasks.flatMap((task) => task.shards);
  const ofTerms = new Set(tasks[0]!.terms.map(({ shard }) => shard));
  // A query without terms asks one shard, for how many documents there are.
  if (ofTerms.size === 0) assert.equal(asked.length, 1, message);
  else assert.deepEqual(asked.sort(ascending), [...ofTerms].sort(ascending), message);
  assert.equal(tasks.length, new Set(asked.map((shard) => shard % leaves)).size, message);
}

const ascending = (a: number, b: number): number => a - b;

/** Of each row. */
const queries = roundsOf(240);

// Each row: seed, shards, leaves.
const rows: [seed: number, shards: number, leaves: number][] = [
  [301, 1, 1],
  [302, 3, 2],
  [303, 16, 4],
];

/** Queries of one cluster: making one takes longer than many queries. */
const queriesPerCluster = 10;

for (const [seed, shards, leaves] of rows) {
  test(`search of a term index: shards at different offsets, ${shards} shards, seed ${seed}`, async () => {
    const random = createRandom(seed);
    const documents = randomLog(random, 150);
    let matched = 0;
    let uneven = 0;
    for (let query = 0, cluster: TermCluster | null = null; query < queries; query++) {
      if (cluster === null || query % queriesPerCluster === 0) {
        const offsets = Array.from({ length: shards }, () => documents[random.integer(100, 149)]!.ordinal);
        const failing = new Set<number>();
        cluster = makeTermCluster({ fields, documents, offsets, leaves, failing, segmentDocuments: 40 });
      }
      const body = randomTermSearch(random);
      const response = JSON.parse(await answerOf(cluster, shards, body)) as Json;
      checkSetsTasks(cluster, leaves, `seed ${seed}, query ${query}: ${JSON.stringify(body)}`);
      const expected = oracleUpTo(documents, cutOf(cluster)).search(body);
      const differences = compareAnswer(expected, response);
      assert.deepEqual(differences, [], `seed ${seed}, query ${query}: ${JSON.stringify(body)}`);
      if (expected.ranking.length > 0) matched++;
      if (cluster.sent.some(({ kind }) => kind === 'statistics')) uneven++;
    }
    assert.ok(matched > queries / 3, `only ${matched} of ${queries} queries matched anything`);
    if (shards > 1) assert.ok(uneven > queries / 5, `only ${uneven} of ${queries} queries met uneven shards`);
  });
}

interface Incomplete {
  readonly complete: boolean;
  readonly coverage: { readonly shards: { readonly failed: number } };
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly { readonly _id: string }[] };
}

for (const [seed, shards, leaves] of rows) {
  test(`search of a term index: shards that fail, ${shards} shards, seed ${seed + 100}`, async () => {
    const random = createRandom(seed + 100);
    const documents = randomLog(random, 100);
    const last = documents.at(-1)!.ordinal;
    const oracle = oracleUpTo(documents, last);
    const failing = new Set<number>();
    const offsets = Array.from({ length: shards }, () => last);
    const cluster = makeTermCluster({ fields, documents, offsets, leaves, failing, segmentDocuments: 40 });
    let incomplete = 0;
    for (let query = 0; query < queries; query++) {
      failing.clear();
      for (let shard = 0; shard < shards; shard++) if (random.chance(0.3)) failing.add(shard);
      const body = randomTermSearch(random);
      const message = `seed ${seed + 100}, query ${query}: ${JSON.stringify(body)}`;
      const text = await answerOf(cluster, shards, { ...body, coverage: { min: 0 } });
      const { complete, coverage, hits } = JSON.parse(text) as Incomplete;
      const expected = oracle.search(body);
      const failed = new Set(cluster.sent.flatMap((task) => task.shards).filter((shard) => failing.has(shard)));
      assert.equal(coverage.shards.failed, failed.size, message);
      assert.equal(complete, failed.size === 0, message);
      if (failed.size === 0) assert.deepEqual(compareAnswer(expected, JSON.parse(text) as Json), [], message);
      else incomplete++;
      const right = new Set(expected.ranking.map(({ document }) => document.key));
      for (const hit of hits.hits) assert.ok(right.has(hit._id), `${message}: ${hit._id} does not match`);
      assert.ok((hits.total?.value ?? 0) <= expected.ranking.length, message);
    }
    assert.ok(incomplete > queries / 10, `only ${incomplete} of ${queries} queries met a shard that fails`);
  });
}
