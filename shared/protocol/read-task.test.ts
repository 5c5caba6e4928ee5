import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SheafError } from '../errors.ts';
import { readTask } from './read-task.ts';

const refresh = { kind: 'refresh', index: 'x0', shards: [0], remainingMs: 10 };
const place = { index: 'x0', shard: 0, query: 0 };
const all = { kind: 'all' };
const scan = { ...refresh, kind: 'scan', query: all, above: -1, until: 9, size: 1, sources: false };
const search = { ...refresh, kind: 'search', query: all, k: 10, sort: [], source: true, aggregations: {} };

const sets = {
  ...refresh,
  kind: 'sets',
  terms: [{ field: 't', term: 'a', shard: 0 }],
  expression: { kind: 'term', id: 0, term: 0 },
  apart: [],
  frequencies: [0],
  scoring: { t: ['a'] },
};
const byScore = [{ by: 'score', descending: true }];
const statistics = { fields: {}, frequencies: {} };

const good: [name: string, task: object][] = [
  ['refresh', refresh],
  ['statistics', { ...refresh, kind: 'statistics', terms: {} }],
  ['search', search],
  ['search by score', { ...search, sort: byScore, statistics }],
  ['search by score without hits', { ...search, sort: byScore, k: 0 }],
  ['document', { ...refresh, kind: 'document', key: 'a' }],
  ['search that holds sources back', { ...search, sourcesOf: { from: 0, until: 4 } }],
  ['fetch', { ...refresh, kind: 'fetch', hits: { 0: [12, 14] }, source: true }],
  ['sets', sets],
  ['sources', { ...refresh, kind: 'sources', ordinals: [1], source: { includes: ['a'], excludes: [] } }],
  ['with offsets', { ...refresh, at: { 0: 12 } }],
  ['at an exact state, which is kept', { ...refresh, exact: { 0: 12 }, pin: true }],
  [
    'a page after a hit',
    { ...search, sort: byScore, statistics, after: { values: [3], place: { shard: 0, offset: 7 } } },
  ],
  ['one of several of a search', { ...refresh, group: 'x'.repeat(64) }],
  ['with a priority, profiled, traced', { ...refresh, priority: 'batch', profile: true, trace: '00-1-2-01' }],
];
for (const [name, task] of good) {
  test(`readTask: takes ${name}`, () => assert.equal(readTask(task), task));
}

// What is sent, the code and the place it is refused with.
const bad: [task: unknown, code: string, at: string][] = [
  [{ ...search, query: {} }, 'REQUEST_FIELD_MISSING', '/query'],
  [{ ...search, source: undefined }, 'REQUEST_TYPE_WRONG', '/source'],
  [{ ...search, source: { includes: 'a', excludes: [] } }, 'REQUEST_TYPE_WRONG', '/source/includes'],
  [{ ...search, aggregations: { a: null } }, 'REQUEST_TYPE_WRONG', '/aggregations/a'],
  [{ ...search, similarities: { t: { k1: 1 } } }, 'REQUEST_FIELD_MISSING', '/similarities/t'],
  [{ ...search, highlight: {} }, 'REQUEST_FIELD_MISSING', '/highlight'],
  [{ ...search, sort: [{ by: 'length' }] }, 'REQUEST_VALUE_INVALID', '/sort/0/by'],
  [{ ...search, sort: [{ by: 'field', descending: true }] }, 'REQUEST_FIELD_MISSING', '/sort/0'],
  [{ ...search, after: { values: [{}] } }, 'REQUEST_TYPE_WRONG', '/after/values/0'],
  [{ ...search, statistics: { fields: { t: 1 }, frequencies: {} } }, 'REQUEST_TYPE_WRONG', '/statistics/fields/t'],
  [
    { ...search, statistics: { fields: {}, frequencies: { t: { a: '1' } } } },
    'REQUEST_TYPE_WRONG',
    '/statistics/frequencies/t/a',
  ],
  [{ ...refresh, kind: 'statistics', terms: { definition: [null] } }, 'REQUEST_TYPE_WRONG', '/terms/definition/0'],
  [{ ...refresh, kind: 'statistics', terms: { definition: null } }, 'REQUEST_TYPE_WRONG', '/terms/definition'],
  [{ ...refresh, kind: 'sources', ordinals: [-1], source: true }, 'REQUEST_TYPE_WRONG', '/ordinals/0'],
  [{ ...refresh, kind: 'sources', ordinals: [1] }, 'REQUEST_FIELD_MISSING', ''],
  [{ ...sets, terms: [{ field: 't', term: 'a' }] }, 'REQUEST_FIELD_MISSING', '/terms/0'],
  [{ ...sets, expression: { kind: 'term', id: 0 } }, 'REQUEST_FIELD_MISSING', '/expression'],
  [null, 'REQUEST_TYPE_WRONG', ''],
  [[], 'REQUEST_TYPE_WRONG', ''],
  [{}, 'REQUEST_FIELD_MISSING', ''],
  [{ ...refresh, kind: 'sing' }, 'REQUEST_VALUE_INVALID', '/kind'],
  [{ ...refresh, index: '' }, 'REQUEST_VALUE_INVALID', '/index'],
  [{ ...refresh, shards: [] }, 'REQUEST_VALUE_INVALID', '/shards'],
  [{ ...refresh, shards: [1, 1] }, 'REQUEST_VALUE_INVALID', '/shards'],
  [{ ...refresh, shards: [0, -1] }, 'REQUEST_VALUE_INVALID', '/shards/1'],
  [{ ...refresh, shards: ['0'] }, 'REQUEST_TYPE_WRONG', '/shards/0'],
  [{ ...refresh, remainingMs: '1s' }, 'REQUEST_TYPE_WRONG', '/remainingMs'],
  [{ ...refresh, at: { 0: 'x' } }, 'REQUEST_TYPE_WRONG', '/at/0'],
  [{ ...refresh, exact: { 0: -2 } }, 'REQUEST_VALUE_INVALID', '/exact/0'],
  [{ ...search, countedAt: { 0: 'x' } }, 'REQUEST_TYPE_WRONG', '/countedAt/0'],
  [{ ...refresh, pin: 1 }, 'REQUEST_TYPE_WRONG', '/pin'],
  [{ ...search, after: {} }, 'REQUEST_FIELD_MISSING', '/after'],
  [{ ...search, after: { values: [1] } }, 'REQUEST_VALUE_INVALID', '/after/values'],
  [{ ...refresh, priority: 'urgent' }, 'REQUEST_VALUE_INVALID', '/priority'],
  [{ ...refresh, profile: 1 }, 'REQUEST_TYPE_WRONG', '/profile'],
  [{ ...refresh, trace: 'x'.repeat(257) }, 'REQUEST_VALUE_INVALID', '/trace'],
  [{ ...refresh, trace: 1 }, 'REQUEST_TYPE_WRONG', '/trace'],
  [{ ...refresh, group: 'x'.repeat(65) }, 'REQUEST_VALUE_INVALID', '/group'],
  [{ ...refresh, group: 1 }, 'REQUEST_TYPE_WRONG', '/group'],
  [{ ...search, k: 10_001 }, 'REQUEST_VALUE_INVALID', '/k'],
  [{ ...search, sourcesOf: { from: 0 } }, 'REQUEST_FIELD_MISSING', '/sourcesOf'],
  [{ ...search, sourcesOf: { from: -1, until: 4 } }, 'REQUEST_VALUE_INVALID', '/sourcesOf/from'],
  [{ ...refresh, kind: 'fetch' }, 'REQUEST_FIELD_MISSING', ''],
  [{ ...refresh, kind: 'fetch', hits: { 0: 12 } }, 'REQUEST_TYPE_WRONG', '/hits/0'],
  [{ ...refresh, kind: 'fetch', hits: { 0: [12, 'x'] } }, 'REQUEST_TYPE_WRONG', '/hits/0/1'],
  [{ ...search, totalUpTo: -1 }, 'REQUEST_VALUE_INVALID', '/totalUpTo'],
  [{ ...search, sort: {} }, 'REQUEST_TYPE_WRONG', '/sort'],
  [{ ...search, sort: [null] }, 'REQUEST_TYPE_WRONG', '/sort/0'],
  [{ ...search, sort: byScore }, 'REQUEST_FIELD_MISSING', ''],
  [{ ...search, sort: byScore, statistics: 1 }, 'REQUEST_TYPE_WRONG', '/statistics'],
  [{ ...search, sort: byScore, statistics: {} }, 'REQUEST_FIELD_MISSING', '/statistics'],
  [{ ...refresh, kind: 'document', key: 'a', shards: [0, 1] }, 'REQUEST_VALUE_INVALID', '/shards'],
  [{ ...refresh, kind: 'rows', shards: [0, 1] }, 'REQUEST_VALUE_INVALID', '/shards'],
  [{ ...refresh, kind: 'document' }, 'REQUEST_FIELD_MISSING', ''],
  [{ ...scan, size: 1001 }, 'REQUEST_VALUE_INVALID', '/size'],
  [{ ...scan, size: 0 }, 'REQUEST_VALUE_INVALID', '/size'],
  [{ ...scan, above: -2 }, 'REQUEST_TYPE_WRONG', '/above'],
  [{ ...scan, until: 1.5 }, 'REQUEST_TYPE_WRONG', '/until'],
  [{ ...scan, origin: 0 }, 'REQUEST_VALUE_INVALID', '/origin'],
  [{ ...scan, sources: 1 }, 'REQUEST_TYPE_WRONG', '/sources'],
  [{ ...scan, query: 1 }, 'REQUEST_TYPE_WRONG', '/query'],
  [{ ...scan, shards: [0, 1] }, 'REQUEST_VALUE_INVALID', '/shards'],
  [{ ...refresh, kind: 'matches', queries: [] }, 'REQUEST_FIELD_MISSING', ''],
  [{ ...refresh, kind: 'matches', queries: [], places: 1 }, 'REQUEST_TYPE_WRONG', '/places'],
  [{ ...refresh, kind: 'matches', queries: [], places: {} }, 'REQUEST_FIELD_MISSING', '/places'],
  [{ ...refresh, kind: 'matches', queries: [], places: { 0: place } }, 'REQUEST_VALUE_INVALID', '/places/0/query'],
  [
    { ...refresh, kind: 'matches', queries: [{ kind: 'all' }], places: { 0: { ...place, shard: -1 } } },
    'REQUEST_TYPE_WRONG',
    '/places/0/shard',
  ],
  [
    { ...refresh, kind: 'matches', queries: [{ kind: 'al' }], places: { 0: place } },
    'REQUEST_VALUE_INVALID',
    '/queries/0/kind',
  ],
  [{ ...refresh, kind: 'outcomes' }, 'REQUEST_FIELD_MISSING', ''],
  [{ ...refresh, kind: 'outcomes', wanted: { 0: 4 } }, 'REQUEST_TYPE_WRONG', '/wanted/0'],
  [{ ...refresh, kind: 'outcomes', wanted: { 0: [4, -1] } }, 'REQUEST_TYPE_WRONG', '/wanted/0/1'],
  [{ ...refresh, kind: 'outcomes', wanted: { 0: Array(10_001).fill(1) } }, 'REQUEST_VALUE_INVALID', '/wanted'],
];
for (const [task, code, at] of bad) {
  test(`readTask: refuses ${JSON.stringify(task)}`, () => {
    assert.throws(
      () => readTask(task),
      (error: SheafError) => {
        assert.deepEqual([error.code, error.at], [code, at]);
        return true;
      },
    );
  });
}
