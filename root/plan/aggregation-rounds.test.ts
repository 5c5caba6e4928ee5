/** What becomes of the rounds after the first where leaves die, are silent, or have moved on; and that all read one state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finishing } from '../../shared/aggregation/definition.ts';
import { beginResults } from '../../shared/aggregation/result.ts';
import { allAtOnce } from '../../shared/aggregation/steps.ts';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import type { Accuracy } from '../../shared/aggregation/terms-listing.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { SearchPartial, SearchTask } from '../../shared/protocol/tasks/search.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import { createRandom } from '../../shared/random/random.ts';
import { makeCollection, schema, type Document } from '../../tests/accuracy/collections.ts';
import { aggregate, clusterOf } from '../../tests/accuracy/trials.ts';
import { holdList, listings, trueTerms, type List } from '../../tests/accuracy/truth.ts';
import { ask } from '../../tests/sources/skip-loop.ts';
import { asList, asObject, type JsonObject } from '../../tests/oracle/json.ts';
import { DocumentCluster } from '../../tests/sources/document-cluster.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';
import { askOn } from './aggregation-rounds.ts';

const shards = 4;
const size = 10;
const collection = makeCollection(createRandom(1), 'second on every shard', { shards, documents: 200, terms: 100 });
const byCount = listings[0]!;
const truth = trueTerms(collection.flat(), byCount);

const terms = (accuracy: Accuracy, more: JsonObject = {}): JsonObject => ({
  t: {
    terms: { field: 'term', size, shard_size: size, accuracy, show_term_doc_count_error: true, ...more },
    aggs: { s: { sum: { field: 'value' } } },
  },
});

/** The list, held to the truth of when it was asked. */
async function listOf(cluster: DocumentCluster, accuracy: Accuracy, body: object = {}): Promise<List> {
  const results = await aggregate(cluster, shards, { aggs: terms(accuracy), ...body });
  const list = JSON.parse(JSON.stringify(results['t'])) as List;
  holdList(list, truth, size);
  return list;
}

function isLater(task: Task): task is SearchTask {
  return task.kind === 'search' && task.hold === true && task.exact !== undefined;
}

/** Calls `then` before the first task of a later round is sent, to this leaf. */
function whenAskedOn(cluster: DocumentCluster, then: (leaf: string) => void): void {
  let isFirst = true;
  cluster.onSend = (leaf, task) => {
    if (!isLater(task) || !isFirst) return;
    isFirst = false;
    then(leaf);
  };
}

const told = ({ accuracy: { asked, reached, rounds, reason, failures = [] } }: List): string =>
  [
    asked,
    reached,
    rounds,
    ...(reason === undefined || reason === 'round_failed' ? [] : [reason]),
    ...failures.map(({ code, shards: count }) => `${code} ${count}`),
  ].join(' ');

test('rounds: a term that is second on every shard', async () => {
  const cluster = clusterOf(collection);
  assert.equal(told(await listOf(cluster, 'fast')), 'fast fast 1');
  assert.ok(cluster.traffic.every(({ task }) => task.kind === 'search' && task.hold === undefined));
  assert.equal(told(await listOf(cluster, 'bounded')), 'bounded bounded 2');
  const list = await listOf(cluster, 'exact');
  assert.equal(told(list), 'exact exact 2');
  assert.ok(list.accuracy.bytes > 0);
});

test('rounds: where no count stands out candidates are found first, and then counted', async () => {
  const uniform = makeCollection(createRandom(1), 'uniform', { shards, documents: 300, terms: 100 });
  const results = await aggregate(clusterOf(uniform), shards, { aggs: terms('exact', { size: 5, shard_size: 8 }) });
  assert.equal(told(results['t'] as List), 'exact exact 3');
  holdList(JSON.parse(JSON.stringify(results['t'])) as List, trueTerms(uniform.flat(), byCount), 5);
});

test('rounds: one is enough where nothing was cut away, or one leaf answered', async () => {
  const whole = clusterOf(collection);
  const results = await aggregate(whole, shards, { aggs: terms('exact', { shard_size: 10_000 }) });
  assert.equal(told(results['t'] as List), 'exact exact 1');
  assert.equal(whole.traffic.length, shards);
  const flat = makeCollection(createRandom(2), 'flat', { shards: 1, documents: 200, terms: 50 });
  const one = await aggregate(clusterOf(flat), 1, { aggs: terms('exact', { shard_size: size }) });
  assert.equal(told(one['t'] as List), 'exact exact 1');
  holdList(JSON.parse(JSON.stringify(one['t'])) as List, trueTerms(flat.flat(), byCount), size);
});

test('rounds: only parts that cut a term are asked for it, and for no other', async () => {
  const cluster = clusterOf(collection);
  const list = await listOf(cluster, 'bounded');
  const later = cluster.traffic.map(({ task }) => task).filter(isLater);
  assert.ok(later.length > 1 && later.length < shards, `${later.length} of ${shards} asked on`);
  const listed = list.buckets.map(({ key }) => key as string);
  for (const task of later) {
    const [shard] = task.shards as [number];
    const own = new Set(collection[shard]!.map(({ term }) => term));
    const include = (task.aggregations['t'] as TermsRequest).choice?.include;
    const values = include?.kind === 'values' ? include.values.map(String) : [];
    assert.ok(values.length > 0 && values.every((key) => listed.includes(key)), 'listed');
    assert.ok(
      values.some((key) => !own.has(key)),
      'it is not known before that the shard has none',
    );
    assert.deepEqual([task.k, task.totalUpTo], [0, 0]);
  }
});

test('rounds: a leaf that dies after the first is made up for by another that has the state', async () => {
  const cluster = clusterOf(collection, 2);
  whenAskedOn(cluster, (leaf) => cluster.dead.add(leaf));
  assert.equal(told(await listOf(cluster, 'exact')), 'exact exact 2');
  assert.ok(cluster.traffic.some(({ task, partial }) => isLater(task) && partial === null));
});

test('rounds: of a leaf that dies and has no other, what it said in the first stays, and the answer says so', async () => {
  const cluster = clusterOf(collection);
  whenAskedOn(cluster, (leaf) => cluster.dead.add(leaf));
  const list = await listOf(cluster, 'bounded');
  assert.equal(told(list), 'bounded fast 2 LEAF_UNREACHABLE 1');
  const errorOf = ({ buckets }: List): number => buckets[0]!.doc_count_error_upper_bound;
  const fast = await listOf(clusterOf(collection), 'fast');
  assert.ok(errorOf(list) > 0 && errorOf(list) < errorOf(fast), 'what the others said counts');
});

test('rounds: a leaf that is silent holds the answer up to the deadline and no longer', async () => {
  const cluster = clusterOf(collection);
  whenAskedOn(cluster, (leaf) => cluster.silent.add(leaf));
  assert.equal(told(await listOf(cluster, 'exact', { timeout: 400 })), 'exact fast 2 LEAF_TIMEOUT 1');
});

test('rounds: without time left there is none', async () => {
  const { aggregations: requests } = parseSearchBody({ aggs: terms('exact') }, schema, { timeoutMsMax: 1000 });
  const cluster = clusterOf(collection);
  await listOf(cluster, 'exact');
  const asked: string[] = [];
  const parts = cluster.traffic.slice(0, shards).map(({ partial }) => ({
    aggregations: (partial as SearchPartial).aggregations,
    sizeBytes: 1,
    ask: async () => {
      asked.push('part');
      return { answers: [], sizeBytes: 0, failures: [] };
    },
  }));
  const finishing = (): Finishing => beginResults({ isComplete: true, isWhole: () => true, bigInts: 'string' });
  const { told: rounds } = await askOn(parts, {
    requests,
    finishing,
    isOver: () => true,
    run: async (work) => allAtOnce(work),
  });
  assert.deepEqual([rounds.get('t'), asked], [{ rounds: 1, bytes: shards, ended: 'time_over' }, []]);
});

/** New documents in every shard, of a term that is listed first then. */
const more = Array.from({ length: shards * 100 }, (_, i) => {
  const document: Document = { term: 't10', number: 10, group: 'g1', value: 1 };
  return { shard: i % shards, key: `more ${i}`, document };
});

test('rounds: all read the state that the first has read, whatever is written meanwhile', async () => {
  const cluster = clusterOf(collection);
  whenAskedOn(cluster, () => cluster.write(more));
  assert.equal(told(await listOf(cluster, 'exact')), 'exact exact 2');
});

test('rounds: a state that is gone is not made up for by a newer one', async () => {
  const cluster = clusterOf(collection, 1, 0);
  whenAskedOn(cluster, () => cluster.write(more));
  assert.equal(told(await listOf(cluster, 'exact')), `exact fast 2 PIN_GONE ${shards}`);
});

test('rounds: of a pinned search they read its state', async () => {
  const cluster = clusterOf(collection);
  assert.equal(told(await listOf(cluster, 'exact', { at: true })), 'exact exact 2');
});

/** An index of one shard for each shard of the collection. */
function severalOf(): { readonly cluster: DocumentCluster; readonly indexes: readonly IndexDefinition[] } {
  const indexes = Array.from({ length: shards }, (_, i): IndexDefinition => {
    return { id: `x${i}`, name: `i${i}`, kind: 'document', schema, shards: 1, replicas: 1 };
  });
  const firstShards = new Map(indexes.map(({ id }, i) => [id, i]));
  const cluster = new DocumentCluster({ schema, shards, leaves: shards, replicas: 1, firstShards });
  cluster.write(
    collection.flatMap((documents, shard) => documents.map((document, i) => ({ shard, key: `${i}`, document }))),
  );
  return { cluster, indexes };
}

test('rounds: of several indexes what is listed of all is asked for in each, and they are in the profile', async () => {
  const several = severalOf();
  for (const [accuracy, expected, rounds] of [
    ['fast', 'fast fast 1', 0],
    ['bounded', 'bounded bounded 2', 1],
    ['exact', 'exact exact 2', 1],
  ] as const) {
    const body = { size: 0, aggs: terms(accuracy), timeout: 30_000, profile: true };
    const answer = await ask(several, body, 0);
    const list = (answer['aggregations'] as unknown as { readonly t: List }).t;
    holdList(list, truth, size);
    assert.equal(told(list), expected);
    const profiled = asList(asObject(answer['profile'])['rounds']).map((each) => asObject(each));
    const later = profiled.filter(({ round }) => round === 'aggregations');
    assert.equal(new Set(later.map(({ index }) => index)).size > 1, rounds > 0);
    const attempts = later.flatMap((each) => asList(each['attempts']).map((attempt) => asObject(attempt)));
    assert.equal(attempts.length > 1, rounds > 0);
    assert.ok(attempts.every(({ outcome }) => outcome === 'taken'));
  }
});

test('rounds: of several indexes they end when the caller leaves', async () => {
  const { cluster, indexes } = severalOf();
  const leaving = new AbortController();
  const later: Task[] = [];
  const asked = Promise.withResolvers<void>();
  cluster.onSend = (leaf, task) => {
    if (!isLater(task)) return;
    cluster.silent.add(leaf);
    later.push(task);
    asked.resolve();
  };
  const body = { size: 0, aggs: terms('exact'), timeout: 30_000 };
  const answering = ask({ cluster, indexes }, body, 0, leaving);
  await asked.promise;
  leaving.abort(new Error('left'));
  assert.ok(later.length > 0);
  assert.deepEqual(
    later.filter((task) => !cluster.cancelled.includes(task)),
    [],
  );
  await assert.rejects(answering, { message: 'left' });
});
