import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSheafError } from '../../shared/errors.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import { leafKinds } from './leaf-kinds.ts';
import { startRun } from './start-run.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';

const base = { index: 'x0', shards: [0], remainingMs: 100 };
const tasks: { readonly [K in Task['kind']]: Extract<Task, { kind: K }> } = {
  statistics: { ...base, kind: 'statistics', terms: {} },
  search: {
    ...base,
    kind: 'search',
    query: { kind: 'all' },
    k: 1,
    sort: [{ by: 'position', descending: false }],
    source: true,
    aggregations: {},
  },
  fetch: { ...base, kind: 'fetch', hits: {}, source: true },
  document: { ...base, kind: 'document', key: 'a' },
  refresh: { ...base, kind: 'refresh' },
  matches: {
    ...base,
    kind: 'matches',
    places: { 0: { index: 'x0', shard: 0, query: 0 } },
    queries: [{ kind: 'all' }],
  },
  outcomes: { ...base, kind: 'outcomes', wanted: {} },
  scan: { ...base, kind: 'scan', query: { kind: 'all' }, above: -1, until: 9, size: 10, sources: true },
  rows: { ...base, kind: 'rows' },
  sets: {
    ...base,
    kind: 'sets',
    terms: [],
    expression: { id: 0, kind: 'none' },
    apart: [],
    frequencies: [],
    scoring: {},
  },
  sources: { ...base, kind: 'sources', ordinals: [], source: true },
};

/** What a task over a replica that has nothing gives: the kind of its result, or who it is for. */
function begin(task: Task, kind: IndexKind | null): string {
  const snapshots = kind === null ? [] : [leafKinds[kind].publishedSnapshots().empty];
  try {
    const run = startRun(
      leafKinds,
      task,
      snapshots.map((snapshot, shard) => ({ shard, snapshot })),
      new QueryCaches(),
    );
    while (!run.step(100));
    assert.equal(run.wholeBelow(), Infinity);
    return run.result().own.kind;
  } catch (error) {
    const { code, at, detail } = asSheafError(error);
    assert.deepEqual([code, at, detail['actual']], ['REQUEST_VALUE_INVALID', '/index', kind]);
    return `of ${String(detail['expected'])}`;
  }
}

// Each row: the kind of task, what it gives over a replica of each kind of index.
const rows: [task: Task['kind'], document: string, term: string, rollup: string][] = [
  ['statistics', 'statistics', 'statistics', 'statistics'],
  ['search', 'search', 'of document or rollup', 'search'],
  ['fetch', 'fetch', 'of document or rollup', 'fetch'],
  ['document', 'document', 'document', 'document'],
  ['refresh', 'refresh', 'refresh', 'refresh'],
  ['matches', 'matches', 'of document', 'of document'],
  ['outcomes', 'outcomes', 'of document', 'of document'],
  ['scan', 'scan', 'of document', 'of document'],
  ['rows', 'of rollup', 'of rollup', 'rows'],
  ['sets', 'of term', 'sets', 'of term'],
  ['sources', 'of term', 'sources', 'of term'],
];
for (const [task, ...expected] of rows) {
  test(`startRun: ${task}`, () => {
    const kinds = ['document', 'term', 'rollup'] as const;
    assert.deepEqual(
      kinds.map((kind) => begin(tasks[task], kind)),
      expected,
    );
    assert.equal(begin(tasks[task], null), task, 'over no shards there is an answer, which has nothing');
  });
}

test('startRun: every kind of task has a row', () => {
  assert.deepEqual(rows.map(([task]) => task).sort(), Object.keys(tasks).sort());
});

test('LeafKind: a snapshot names the kind that made it', () => {
  for (const [kind, { publishedSnapshots }] of Object.entries(leafKinds)) {
    const snapshots = publishedSnapshots();
    assert.equal(snapshots.empty.kind, kind);
    assert.equal(snapshots.take({ segments: [], offset: 7 }).kind, kind);
  }
});
