/** Hits in buckets are those of a search: the same documents, scores and sources, whatever the number of shards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allAtOnce } from '../shared/aggregation/steps.ts';
import type { IndexSchema } from '../shared/schema/schema.ts';
import { shardOfKey } from '../shared/hashing/hash.ts';
import { DocumentCluster } from '../tests/sources/document-cluster.ts';
import { finishParts } from './gather/finish-answer.ts';
import { rootKinds } from './kinds/root-kinds.ts';
import { holdNothing } from './plan/hold-sources.ts';
import { parseSearchBody } from './query/parse-search-body.ts';
import { renderSearch } from './http/render-search.ts';
import { search } from './search.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: { text: { kind: 'text' }, n: { kind: 'integer' }, g: { kind: 'keyword' } },
};

interface Hits {
  readonly total: unknown;
  readonly max_score: number | null;
  readonly hits: readonly { readonly _id: string; readonly _score: number | null }[];
}

interface Answer {
  readonly hits: Hits;
  readonly aggregations: Readonly<
    Record<string, { hits: Hits; h: { hits: Hits }; buckets: { key: unknown; h: { hits: Hits } }[]; accuracy: object }>
  >;
}

function clusterOf(shards: number): DocumentCluster {
  const cluster = new DocumentCluster({ schema, shards, leaves: 2, replicas: 1 });
  const words = ['cat', 'dog', 'cat cat', 'cat dog bird', 'bird'];
  cluster.write(
    Array.from({ length: 60 }, (_, n) => {
      const text = Array.from({ length: 1 + (n % 4) }, (__, i) => words[(n + i * i) % words.length]).join(' ');
      return { shard: shardOfKey(`k${n}`, shards), key: `k${n}`, document: { text, n, g: `g${n % 3}` } };
    }),
  );
  return cluster;
}

async function ask(cluster: DocumentCluster, shards: number, body: object): Promise<Answer> {
  const index = { id: 'x0', name: 'books', kind: 'document', schema, shards, replicas: 1 } as const;
  const request = parseSearchBody(body, schema, { timeoutMsMax: 60_000 });
  const arrival = { arrivedAt: cluster.root.clock.now(), signal: new AbortController().signal, trace: null };
  const defaults = { timeoutMs: 20_000, coverageMin: 1, holding: holdNothing };
  const answer = await search({ ...cluster.root, kinds: rootKinds }, defaults, index, request, arrival);
  const { aggregations } = request;
  const found = { parts: answer.parts, isComplete: true, missing: null };
  const results = allAtOnce(finishParts(rootKinds, { index, request, aggregations }, found));
  return JSON.parse(renderSearch({ index, isOfSeveral: false, request, answer, results }).toString()) as Answer;
}

const query = { match: { text: 'cat bird' } };

for (const shards of [1, 3, 16]) {
  test(`top_hits: by score they are the hits of the search, ${shards} shards`, async () => {
    const cluster = clusterOf(shards);
    const { hits } = await ask(cluster, shards, { query, size: 7, track_total_hits: true });
    assert.ok(hits.max_score! > 0 && hits.hits.length === 7);
    const body = { query, size: 0, aggs: { h: { top_hits: { size: 7 } } } };
    assert.deepEqual((await ask(cluster, shards, body)).aggregations['h']!.hits, hits);
    // Where the search has hits in another order, both come of one pass.
    const sorted = { ...body, size: 3, sort: [{ n: 'desc' }], aggs: { h: { top_hits: { from: 2, size: 5 } } } };
    const both = await ask(cluster, shards, sorted);
    assert.deepEqual(both.aggregations['h']!.hits.hits, hits.hits.slice(2));
    assert.ok(both.hits.hits.every(({ _score }) => _score === null));
  });

  test(`top_hits: in each bucket those of the search for it, ${shards} shards`, async () => {
    const cluster = clusterOf(shards);
    const options = { sort: [{ n: 'desc' }], size: 2, _source: ['n'] };
    const aggs = { h: { top_hits: options } };
    const terms = { t: { terms: { field: 'g', order: { _key: 'asc' } }, aggs } };
    const { aggregations } = await ask(cluster, shards, { query, size: 0, aggs: terms });
    for (const [i, { h }] of aggregations['t']!.buckets.entries()) {
      const filtered = { bool: { must: [query], filter: [{ term: { g: `g${i}` } }] } };
      const alone = await ask(cluster, shards, { query: filtered, ...options, track_total_hits: true });
      assert.deepEqual(h.hits, alone.hits);
    }
  });

  test(`top_hits: by score in terms that are asked on, ${shards} shards`, async () => {
    const cluster = clusterOf(shards);
    const aggs = { h: { top_hits: { size: 1 } } };
    const whole = await ask(cluster, shards, {
      query,
      size: 0,
      aggs: { t: { terms: { field: 'n', size: 60 }, aggs } },
    });
    const terms = { field: 'n', size: 2, shard_size: 2, accuracy: 'bounded' };
    const { aggregations } = await ask(cluster, shards, { query, size: 0, aggs: { t: { terms, aggs } } });
    const { buckets, accuracy } = aggregations['t']!;
    assert.equal(JSON.stringify(accuracy).includes('failures'), false, JSON.stringify(accuracy));
    for (const bucket of buckets) {
      assert.deepEqual(bucket.h, whole.aggregations['t']!.buckets.find(({ key }) => key === bucket.key)!.h);
    }
  });

  test(`top_hits: what the query leaves out scores 1, ${shards} shards`, async () => {
    const aggs = { all: { global: {}, aggs: { h: { top_hits: { size: 100, _source: false } } } } };
    const { aggregations } = await ask(clusterOf(shards), shards, { query, size: 0, aggs });
    const { total, hits } = aggregations['all']!.h.hits;
    assert.deepEqual(total, { value: 60, relation: 'eq' });
    assert.deepEqual([...new Set(hits.map(({ _score }) => _score))], [1]);
  });
}

test('top_hits: of none the documents are counted, and none is scored', async () => {
  const cluster = clusterOf(3);
  const { hits } = await ask(cluster, 3, { query, size: 0, track_total_hits: true });
  const { aggregations } = await ask(cluster, 3, { query, size: 0, aggs: { h: { top_hits: { from: 2, size: 0 } } } });
  assert.deepEqual(aggregations['h']!.hits, { total: hits.total, max_score: null, hits: [] });
  assert.ok(cluster.traffic.every(({ task }) => task.kind !== 'statistics'));
});

test('top_hits: leaves are told what scores are made of only where an aggregation asks', async () => {
  const cluster = clusterOf(3);
  await ask(cluster, 3, { query, size: 0, aggs: { h: { top_hits: { sort: 'n' } } } });
  assert.ok(cluster.traffic.every(({ task }) => task.kind !== 'statistics'));
  await ask(cluster, 3, { query, size: 0, aggs: { t: { terms: { field: 'g' }, aggs: { h: { top_hits: {} } } } } });
  assert.ok(cluster.traffic.some(({ task }) => task.kind === 'statistics'));
});
