/** One leaf that has all shards sends the terms that are listed and no others: the answer is that of many leaves which send all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import type { SearchPartial } from '../../shared/protocol/tasks/search.ts';
import { createRandom } from '../../shared/random/random.ts';
import { makeCollection, schema } from '../../tests/accuracy/collections.ts';
import { aggregate, indexOf } from '../../tests/accuracy/trials.ts';
import type { JsonObject } from '../../tests/oracle/json.ts';
import { DocumentCluster } from '../../tests/sources/document-cluster.ts';
import { searchShard } from '../jobs/search-shard.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';

const shards = 4;
const collection = makeCollection(createRandom(53_100_000), 'zipf', { shards, documents: 300, terms: 200 });

function clusterOn(leaves: number): DocumentCluster {
  const cluster = new DocumentCluster({ schema, shards, leaves, replicas: 1 });
  cluster.write(
    collection.flatMap((documents, shard) =>
      documents.map((document, i) => ({ shard, key: `${shard}/${i}`, document })),
    ),
  );
  return cluster;
}

const one = clusterOn(1);
const many = clusterOn(shards);
const sum = { s: { sum: { field: 'value' } } };
const inner = { t: { terms: { field: 'term', size: 3, show_term_doc_count_error: true }, aggs: sum } };

test('one shard of several, as jobs ask one after the other: it sends what shard_size says', async () => {
  const body = { size: 0, aggs: { a: { terms: { field: 'term', size: 5, shard_size: 150 } } } };
  const request = parseSearchBody(body, schema, { timeoutMsMax: 60_000 });
  const before = one.traffic.length;
  for (let shard = 0; shard < shards; shard++) {
    const ask = { index: indexOf(shards), shard, until: -1, timeoutMs: 60_000, signal: new AbortController().signal };
    await searchShard(one.root, request, ask);
  }
  const sent = one.traffic.slice(before).map(({ partial }) => (partial as SearchPartial).aggregations['a']);
  assert.equal(sent.length, shards);
  for (const partial of sent) assert.ok((partial as TermsPartial).buckets.length > 6);
});

// Each row: aggregations, and how many terms the only leaf may send at the top.
const rows: [name: string, aggs: JsonObject, sentMax: number][] = [
  ['the largest', { a: { terms: { field: 'term', size: 5 }, aggs: sum } }, 6],
  ['the rarest', { a: { terms: { field: 'term', size: 5, order: { _count: 'asc' } }, aggs: sum } }, 6],
  ['by key', { a: { terms: { field: 'term', size: 5, order: { _key: 'desc' } } } }, 6],
  [
    'by key, not the rare ones',
    { a: { terms: { field: 'term', size: 5, order: { _key: 'asc' }, min_doc_count: 4 } } },
    1000,
  ],
  ['the largest, not the rare ones', { a: { terms: { field: 'term', size: 500, min_doc_count: 4 } } }, 501],
  ['with those that do not match', { a: { terms: { field: 'term', size: 5, min_doc_count: 0 } } }, 1000],
  ['by a metric', { a: { terms: { field: 'term', size: 5, order: { s: 'desc' } }, aggs: sum } }, 1000],
  ['of numbers', { a: { terms: { field: 'number', size: 5, show_term_doc_count_error: true } } }, 6],
  [
    'of several fields',
    { a: { multi_terms: { size: 4, terms: [{ field: 'group' }, { field: 'term' }] }, aggs: sum } },
    5,
  ],
  ['in terms', { a: { terms: { field: 'group', size: 2 }, aggs: inner } }, 3],
  ['in a histogram', { a: { histogram: { field: 'value', interval: 5 }, aggs: inner } }, 1000],
  [
    'with documents',
    {
      a: {
        terms: { field: 'term', size: 3 },
        aggs: { h: { top_hits: { size: 2, sort: [{ value: 'asc' }, { number: 'asc' }], _source: false } } },
      },
    },
    4,
  ],
];
for (const [name, aggs, sentMax] of rows) {
  test(`one leaf: terms ${name} are as those of many leaves`, async () => {
    const before = one.traffic.length;
    const found = await aggregate(one, shards, { aggs });
    const sent = one.traffic.slice(before).map(({ partial }) => (partial as SearchPartial).aggregations['a']);
    assert.equal(sent.length, 1);
    assert.ok((sent[0] as TermsPartial).buckets.length <= sentMax, `${(sent[0] as TermsPartial).buckets.length} sent`);
    assert.deepEqual(
      JSON.parse(JSON.stringify(found)),
      JSON.parse(JSON.stringify(await aggregate(many, shards, { aggs }))),
    );
  });
}
