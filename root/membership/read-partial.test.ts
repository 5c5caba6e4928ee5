import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RefreshTask } from '../../shared/protocol/tasks.ts';
import { readPartial } from './read-partial.ts';

const task: RefreshTask = { kind: 'refresh', index: 'x0', shards: [0, 1], remainingMs: 10 };
const good = { kind: 'refresh', shards: [0], failures: [{ shard: 1, code: 'LEAF_BUSY' }], documents: 1, offsets: {} };

test('readPartial: takes what a leaf sends', () => assert.equal(readPartial(task, good), good));

// Each row: what a leaf must not send.
const bad: [name: string, header: unknown][] = [
  ['null', null],
  ['an array', []],
  ['a text', 'x'],
  ['another kind', { ...good, kind: 'search' }],
  ['no shards', { ...good, shards: undefined }],
  ['shards that are no numbers', { ...good, shards: ['0'] }],
  ['no failures', { ...good, failures: {} }],
  ['a failure that is null', { ...good, failures: [null] }],
  ['a failure without a known code', { ...good, failures: [{ shard: 1, code: 'toString' }] }],
];
for (const [name, header] of bad) {
  test(`readPartial: refuses ${name}`, () => assert.equal(readPartial(task, header), undefined));
}
