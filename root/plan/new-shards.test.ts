import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { NewShards } from './new-shards.ts';

const index: IndexDefinition = {
  id: 'x0',
  name: 'books',
  kind: 'document',
  shards: 1,
  replicas: 1,
  schema: { dynamic: 'strict', fields: {} },
};

// Each row: how long ago a search first met the index (null where this is the first), whether the caller has a token, how much of
// its second has passed, whether the shards were ever ready, for how long it is waited.
const rows: [name: string, metAgoMs: number | null, token: boolean, passedMs: number, new: boolean, waits: number[]][] =
  [
    ['ready before: no waiting, whoever has it now', null, true, 0, false, []],
    ['met for the first time: half of the time', null, false, 0, true, [500]],
    ['what the request has cost already is not waited again', null, false, 200, true, [300]],
    ['late in its time it is searched as it is', null, true, 600, true, []],
    ['young', 9_999, false, 0, true, [500]],
    ['old: the search is not held up any more', 10_000, false, 0, true, []],
    ['old, and the caller knows of a write', 10_000, true, 0, true, [500]],
  ];
for (const [name, metAgoMs, hasToken, passedMs, isNew, waits] of rows) {
  test(`NewShards: ${name}`, async () => {
    let now = 50_000;
    const waited: number[] = [];
    const root = {
      clock: { now: () => now },
      directory: { hasNewShards: () => isNew },
      membership: {
        waitUntil: async (_condition: () => boolean, timeoutMs: number) => {
          waited.push(timeoutMs);
          return false;
        },
      },
    };
    const { signal } = new AbortController();
    const newShards = new NewShards();
    if (metAgoMs !== null) {
      await newShards.wait(root, { index, hasToken: false, arrivedAt: now, timeoutMs: 1000, signal });
      waited.length = 0;
      now += metAgoMs;
    }
    await newShards.wait(root, { index, hasToken, arrivedAt: now - passedMs, timeoutMs: 1000, signal });
    assert.deepEqual(waited, waits);
  });
}

test('NewShards: what ends the waiting is that all have been ready, or that the caller leaves', async () => {
  let isNew = true;
  const left = new AbortController();
  const seen: boolean[] = [];
  const root = {
    clock: { now: () => 0 },
    directory: { hasNewShards: () => isNew },
    membership: {
      waitUntil: async (condition: () => boolean) => {
        seen.push(condition());
        isNew = false;
        seen.push(condition());
        isNew = true;
        left.abort();
        seen.push(condition());
        return true;
      },
    },
  };
  const search = { index, hasToken: true, arrivedAt: 0, timeoutMs: 1000, signal: left.signal };
  await new NewShards().wait(root, search);
  assert.deepEqual(seen, [false, true, true]);
});
