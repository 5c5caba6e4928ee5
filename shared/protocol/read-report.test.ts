import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBacklog, readReport } from './read-report.ts';

const replica = { index: 'x0', shard: 0, state: 'ready', offset: -1, documents: 0 };
const word = { leaf: 'a', incarnation: 1, sequence: 2 };
const report = { ...word, queued: 0, replicas: [replica] };
const definition = { id: 'x0', name: 'i', kind: 'document', schema: { fields: {} }, shards: 1, replicas: 1 };
const backlog = { interactiveMs: 0.5, batchMs: 7, taskMs: 0 };
const catalog = { offset: 3, indexes: { i: definition } };

// Each row: what a leaf may say besides.
const good: [name: string, besides: object][] = [
  ['the least', {}],
  ['its backlog', { backlog }],
  ['its zone', { zone: 'eu-1a' }],
  ['its load', { latencyMs: 0.5, overloaded: true, shedding: false }],
  ['its state', { draining: true, diskFull: false, cluster: 'k', seen: [word] }],
  ['a replica that goes', { replicas: [{ ...replica, state: 'draining', since: 2 }] }],
  ['its catalog', { catalog }],
  ['an empty catalog', { catalog: { offset: -1, indexes: {} } }],
];
for (const [name, besides] of good) {
  const said = { ...report, ...besides };
  test(`readReport: takes ${name}`, () => assert.equal(readReport(said), said));
}

// Each row: what no leaf may say, the field that is told.
const bad: [name: string, header: unknown, field: string][] = [
  ['null', null, 'report'],
  ['a report without a name', { ...report, leaf: undefined }, 'report'],
  ['an incarnation that is no number', { ...report, incarnation: 'x' }, 'report'],
  ['a sequence that is null', { ...report, sequence: null }, 'report'],
  ['a version of ICU that is a number', { ...report, icu: 78 }, 'icu'],
  ['a queue that is no number', { ...report, queued: 'long' }, 'queued'],
  ['a negative latency', { ...report, latencyMs: -1 }, 'latencyMs'],
  ['a backlog that is a number', { ...report, backlog: 5 }, 'backlog'],
  ['a load in words', { ...report, overloaded: 'very' }, 'overloaded'],
  ['no replicas', { ...report, replicas: undefined }, 'replicas'],
  ['a replica without a shard', { ...report, replicas: [{ ...replica, shard: undefined }] }, 'replicas'],
  ['documents that are no number', { ...report, replicas: [{ ...replica, documents: 'x' }] }, 'replicas'],
  ['something seen that is no word', { ...report, seen: [null] }, 'seen'],
  ['a cluster that is no name', { ...report, cluster: 5 }, 'cluster'],
  ['a zone that is no name', { ...report, zone: '' }, 'zone'],
  ['a zone that is a number', { ...report, zone: 1 }, 'zone'],
  ['a catalog that is null', { ...report, catalog: null }, 'catalog'],
  ['a catalog without an offset', { ...report, catalog: { ...catalog, offset: 'x' } }, 'catalog'],
  ['a catalog without indexes', { ...report, catalog: { offset: 3 } }, 'catalog'],
  ['an index that is null', { ...report, catalog: { offset: 3, indexes: { i: null } } }, 'catalog'],
  [
    'an index without a schema',
    { ...report, catalog: { offset: 3, indexes: { i: { ...definition, schema: 1 } } } },
    'catalog',
  ],
  [
    'an index without shards',
    { ...report, catalog: { offset: 3, indexes: { i: { ...definition, shards: '1' } } } },
    'catalog',
  ],
];
for (const [name, header, field] of bad) {
  test(`readReport: refuses ${name}`, () => {
    assert.throws(() => readReport(header), { code: 'FRAME_INVALID', detail: { field } });
  });
}

test('readBacklog: takes one', () => assert.equal(readBacklog(backlog), backlog));

for (const name of Object.keys(backlog)) {
  for (const value of [undefined, null, -1, Number.NaN, 'long']) {
    test(`readBacklog: refuses ${String(value)} for ${name}`, () => {
      const fault = { code: 'FRAME_INVALID', detail: { field: 'backlog' } };
      assert.throws(() => readBacklog({ ...backlog, [name]: value }), fault);
    });
  }
}
