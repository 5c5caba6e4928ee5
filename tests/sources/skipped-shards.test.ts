/** Searches of many indexes whose shards are skipped: the answers are those of asking every shard, and what the oracle says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeToken } from '../../root/route/token.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Partial } from '../../shared/protocol/tasks/tasks.ts';
import type { JsonObject } from '../oracle/json.ts';
import { DocumentCluster } from './document-cluster.ts';
import { ask, compareSkipping, shardsOf, withoutCounts } from './skip-loop.ts';

test('search: random searches are answered alike with and without skipping, and as the oracle counts', async (t) => {
  const { requests, skipping, shards, matched } = await compareSkipping({ requests: 200, seed: 71 });
  t.diagnostic(`seed 71: ${skipping} of ${requests} skipped, ${shards} shards; ${matched} matched`);
  assert.ok(skipping > requests / 5, `only ${skipping} of ${requests} searches skipped shards`);
  assert.ok(matched > requests / 3, `only ${matched} of ${requests} searches matched anything`);
});

const integers = { schema: { dynamic: 'strict', fields: { n: { kind: 'integer' }, t: { kind: 'text' } } } } as const;
const days = Array.from({ length: 10 }, (_, i): IndexDefinition => {
  return { id: `x${i}`, name: `d${i}`, kind: 'document', ...integers, shards: 1, replicas: 2 };
});

/** Day i has the numbers from 10 i to 10 i + 9. */
function makeDays(): DocumentCluster {
  const firstShards = new Map(days.map(({ id }, i) => [id, i]));
  const cluster = new DocumentCluster({ ...integers, shards: days.length, leaves: 2, replicas: 2, firstShards });
  cluster.write(
    days.flatMap((_, i) =>
      Array.from({ length: 10 }, (__, j) => {
        return { shard: i, key: `k${j}`, document: { n: 10 * i + j, t: j === 0 ? 'cat' : 'dog' } };
      }),
    ),
  );
  return cluster;
}

const range = { range: { n: { gte: 34, lt: 42 } } };
// Each row: the query, the shards that are asked, the documents found.
const rows: [name: string, query: JsonObject, answered: number, total: number][] = [
  ['a range', range, 2, 8],
  ['a range of nothing', { range: { n: { gt: 99 } } }, 0, 0],
  ['a value', { term: { n: 55 } }, 1, 1],
  ['a word that is nowhere', { match: { t: 'owl' } }, 0, 0],
  ['a word that is everywhere', { match: { t: 'cat' } }, 10, 10],
  ['a word and a range', { bool: { must: [{ match: { t: 'cat' } }], filter: [range] } }, 2, 1],
  ['all but a range', { bool: { must_not: [range] } }, 10, 92],
  ['without a value', { bool: { must_not: [{ exists: { field: 'n' } }] } }, 10, 0],
  ['a range or not', { bool: { filter: [{ match_all: {} }], should: [range] } }, 10, 100],
  ['a range or a word', { bool: { should: [range, { match: { t: 'owl' } }] } }, 2, 8],
];
for (const [name, query, answered, total] of rows) {
  test(`search: of ten days ${name} asks ${answered}`, async () => {
    const cluster = makeDays();
    const aggs = { tens: { histogram: { field: 'n', interval: 10 } } };
    const body = { query, aggs, size: 3, track_total_hits: true };
    const found = await ask({ cluster, indexes: days }, body, 1);
    const skipped = days.length - answered;
    const expected = { asked: 10, answered, failed: 0, ...(skipped === 0 ? {} : { skipped }) };
    assert.deepEqual(shardsOf(found), expected);
    assert.equal(found['complete'], true);
    assert.equal((found['coverage'] as JsonObject)['ratio'], 1);
    assert.deepEqual((found['coverage'] as JsonObject)['documents'], { asked: 100, answered: 100 });
    assert.deepEqual((found['hits'] as JsonObject)['total'], { value: total, relation: 'eq' });
    const asked = cluster.traffic.filter(({ task }) => task.kind === 'search').map(({ task }) => task.index);
    assert.equal(new Set(asked).size, answered, 'and no more are asked');
    assert.deepEqual(withoutCounts(await ask({ cluster, indexes: days }, body, 0)), withoutCounts(found));
  });
}

test('search: fewer shards than the setting says are all asked, and so is each where nothing can rule one out', async () => {
  const cluster = makeDays();
  assert.deepEqual(shardsOf(await ask({ cluster, indexes: days }, { query: range }, 11)).skipped, undefined);
  assert.deepEqual(shardsOf(await ask({ cluster, indexes: days }, { query: { match_all: {} } }, 1)).skipped, undefined);
  assert.ok(cluster.traffic.every(({ task }) => task.kind !== 'matches'));
});

test('search: a shard whose replica has not come as far as the token is asked, and fails as it does alone', async () => {
  const cluster = makeDays();
  const body = {
    query: range,
    coverage: { min: 0, strict: true },
    timeout: 5000,
    token: encodeToken({ 'x9/0': 1_000_000 }),
  };
  const found = await ask({ cluster, indexes: days }, body, 1);
  assert.deepEqual(shardsOf(found), { asked: 10, answered: 2, failed: 1, skipped: 7 });
  const [failure] = (found['coverage'] as JsonObject)['failures'] as JsonObject[];
  assert.deepEqual([failure?.['index'], failure?.['code']], ['d9', 'NOT_CAUGHT_UP']);
});

test('search: what is not told in time is asked', async () => {
  const cluster = makeDays();
  cluster.onSend = (leaf, { kind }) => {
    if (kind === 'matches' && leaf === 'leaf-0') cluster.silent.add(leaf);
    else cluster.silent.clear();
  };
  const found = await ask({ cluster, indexes: days }, { query: range, timeout: 2000 }, 1);
  assert.equal(found['complete'], true);
  const { answered, skipped = 0 } = shardsOf(found);
  assert.equal(answered + skipped, 10);
  assert.ok(answered > 2, 'some had to be asked');
});

// Each row: what a leaf tells wrongly; it is to be seen by comparing the answers.
const plants: [name: string, plant: (partial: Partial & { kind: 'matches' }) => Partial][] = [
  ['one shard too many', (partial) => ({ ...partial, excluded: { ...partial.excluded, [partial.shards[0]!]: 10 } })],
  ['none', (partial) => ({ ...partial, excluded: Object.fromEntries(partial.shards.map((shard) => [shard, 10])) })],
  [
    'the wrong number of documents',
    (partial) => ({ ...partial, excluded: Object.fromEntries(Object.keys(partial.excluded).map((at) => [at, 11])) }),
  ],
];
for (const [name, plant] of plants) {
  test(`search: that a leaf tells of ${name} is found by comparing the answers`, async () => {
    const cluster = makeDays();
    const body = { query: { range: { n: { lt: 42 } } }, track_total_hits: true };
    const plain = withoutCounts(await ask({ cluster, indexes: days }, body, 0));
    cluster.onPartial = (partial) => (partial.kind === 'matches' ? plant(partial) : partial);
    assert.notDeepEqual(withoutCounts(await ask({ cluster, indexes: days }, body, 1)), plain);
  });
}
