/** A shard whose counts are late is not out while there is time, where without it there would be no answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBesideFakeLeaf } from './beside-fake-leaf.ts';
import { send } from './client.ts';
import type { AskedTask } from './fake-leaf.ts';
import { startBareTimer } from '../deadline/deadline.ts';

const timeoutMs = 3000;

function count({ connection, id, task: { shards } }: AskedTask): void {
  const offsets = Object.fromEntries(shards.map((shard) => [shard, 0]));
  const statistics = { fields: {}, frequencies: {} };
  connection.send('partial', id, { kind: 'statistics', shards, failures: [], documents: 1, offsets, statistics });
}

test('late counts: after two thirds of the time the search is still whole', async (t) => {
  const { leaf, searchUrl } = await startBesideFakeLeaf(t);
  leaf.onTask = (asked) => {
    if (asked.task.kind !== 'statistics') return leaf.answer(asked);
    assert.ok(asked.task.remainingMs > timeoutMs * 0.8, 'the leaf would drop the task');
    setTimeout(count, (timeoutMs * 2) / 3, asked);
  };
  const answer = await send<object>('POST', searchUrl, { query: { match: { text: 'late' } }, timeout: timeoutMs });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
});

test('late counts: half of the time is all that a silent shard gets where the others make an answer', async (t) => {
  const { leaf, searchUrl } = await startBesideFakeLeaf(t);
  leaf.onTask = (asked) => {
    if (asked.task.kind !== 'statistics') leaf.answer(asked);
  };
  const body = { query: { match: { text: 'late' } }, timeout: timeoutMs, coverage: { min: 0 } };
  const bare = await startBareTimer(t);
  const answer = await send<{ took: number; coverage: { shards: { failed: number } } }>('POST', searchUrl, body);
  assert.equal(answer.status, 200);
  assert.equal(answer.body.coverage.shards.failed, 2);
  assert.ok(answer.body.took >= timeoutMs * 0.4, `${answer.body.took} ms`);
  bare.hold('a search whose counts do not come', answer.body.took, timeoutMs * 0.95);
});
