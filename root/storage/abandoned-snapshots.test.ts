/** When a snapshot that is made by nobody has failed, over a folder. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { changeKeptTable, readKeptTable, type KeptRow } from '../../shared/snapshots/kept-table.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { AbandonedSnapshots } from './abandoned-snapshots.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-abandoned-'));
after(() => rmSync(folder, { recursive: true }));

const counts = { createdAtMs: 0, shards: 1, keptShards: 0, documents: 0, bytes: 0 } as const;
const making = (id: string, beat: number): KeptRow => ({ name: `n${id}`, id, state: 'making', beat, ...counts });
const whole: KeptRow = { ...making('w', 1), state: 'whole' };

// Each row: what has passed since the look before, the rows then, and which of them have failed after the look.
const rows: [passedMs: number, rows: readonly KeptRow[], failed: string][] = [
  [0, [making('a', 1), making('b', 1), whole], ''],
  [59_999, [making('a', 1), making('b', 2), whole], ''],
  [1, [making('a', 1), making('b', 2), whole], 'na'],
  [59_998, [making('b', 2), making('c', 7), whole], ''],
  [1, [making('b', 2), making('c', 7), whole], 'nb'],
  [60_000, [whole], ''],
  // It was looked at a minute ago, and is seen for the first time again.
  [0, [making('c', 7)], ''],
  [60_000, [making('c', 7)], 'nc'],
];

test('AbandonedSnapshots: a row that stands still for a minute has failed, and no other', async () => {
  const store = new FolderStore(folder);
  let now = 0;
  const abandoned = new AbandonedSnapshots(store, { now: () => now });
  for (const [i, [passedMs, set, failed]] of rows.entries()) {
    now += passedMs;
    await changeKeptTable(store, () => set);
    assert.equal((await abandoned.look()).join(), failed, `row ${i}`);
    const found = (await readKeptTable(store)).filter(({ state }) => state === 'failed');
    assert.deepEqual(
      found.map(({ name, error }) => `${name} ${error?.code}`),
      failed === '' ? [] : [`${failed} SNAPSHOT_ABANDONED`],
      `row ${i}`,
    );
  }
});

test('AbandonedSnapshots: one that goes on between the look and the word has not failed', async () => {
  const store = new FolderStore(join(folder, 'goes-on'));
  let now = 0;
  const abandoned = new AbandonedSnapshots(store, { now: () => now });
  await changeKeptTable(store, () => [making('a', 1)]);
  await abandoned.look();
  now = 60_000;
  const swap = store.swap.bind(store);
  store.swap = async (...args) => {
    store.swap = swap;
    await changeKeptTable(store, () => [making('a', 2)]);
    return await swap(...args);
  };
  assert.deepEqual(await abandoned.look(), []);
  assert.deepEqual(await readKeptTable(store), [making('a', 2)]);
});
