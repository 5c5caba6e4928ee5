import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationRequests } from './definition.ts';
import { ofOnePart } from './of-one-part.ts';
import { byCount } from './terms-order.ts';

const terms = {
  kind: 'terms',
  field: 'word',
  values: 'string',
  show: 'plain',
  size: 10,
  shardSize: 10_000,
  order: byCount,
  minDocCount: 1,
  aggregations: {},
} as const;
const listed = { ...terms, shardSize: 11 };
const byMetric = { ...terms, order: [{ by: 'metric', path: ['m'], property: ['value'], descending: true }] } as const;
const filter = (aggregations: AggregationRequests) =>
  ({ kind: 'filter', query: { kind: 'all' }, aggregations }) as const;

// Each row: what is asked, and what is asked of a leaf that has all shards: what is listed, and the next.
const rows: [name: string, asked: AggregationRequests, sent: AggregationRequests][] = [
  ['terms', { t: terms }, { t: listed }],
  ['terms of fewer', { t: { ...terms, shardSize: 11 } }, { t: listed }],
  ['terms of as many as are listed', { t: { ...terms, shardSize: 10 } }, { t: { ...terms, shardSize: 10 } }],
  [
    'terms in terms',
    { t: { ...terms, aggregations: { u: terms } } },
    { t: { ...listed, aggregations: { u: listed } } },
  ],
  ['terms in a filter', { f: filter({ t: terms }) }, { f: filter({ t: listed }) }],
  ['terms by a metric', { t: byMetric }, { t: byMetric }],
  ['terms of any number of documents', { t: { ...terms, minDocCount: 0 } }, { t: { ...terms, minDocCount: 0 } }],
];
for (const [name, asked, sent] of rows) {
  test(`ofOnePart: ${name}`, () => assert.deepEqual(ofOnePart(asked), sent));
}

test('ofOnePart: requests that stay as they are are the same', () => {
  const asked = { f: filter({ m: { kind: 'max', field: 'n', values: 'number' } }), t: listed };
  assert.equal(ofOnePart(asked), asked);
});
