import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchWriter } from '../../shared/log/batch.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { changedKeys } from './changed-keys.ts';

const partition = 'x7/0';

/** A batch of an entry for each letter. */
function batch(keys: string) {
  const writer = new BatchWriter(-1);
  for (const key of keys) writer.add('put', key);
  return { partition, count: writer.count, bytes: writer.finish() };
}

// Each row: the batches of the log, the stretch, how many keys at most, the keys with their first offsets, up to where it was read.
const rows: [log: string, above: number, until: number, countMax: number, keys: string, upTo: number][] = [
  ['abc', -1, 2, 9, 'a0 b1 c2', 2],
  ['abc', 0, 2, 9, 'b1 c2', 2],
  ['abc', -1, 1, 9, 'a0 b1', 1],
  ['abc d ef', 1, 4, 9, 'c2 d3 e4', 4],
  ['aab a c', -1, 4, 9, 'a0 b2 c4', 4],
  ['aab a c', -1, 4, 2, 'a0 b2', 3],
  ['abc', -1, 2, 1, 'a0', 0],
  ['abc def', 2, 5, 1, 'd3', 3],
];
for (const [log, above, until, countMax, keys, upTo] of rows) {
  test(`changedKeys: ${log} above ${above} until ${until}, ${countMax} at most`, async () => {
    const memory = new MemoryLog(() => 0);
    for (const each of log.split(' ')) await memory.append([batch(each)]);
    const found = await changedKeys(memory, partition, { above, until }, countMax);
    assert.deepEqual([[...found.keys].map(([key, offset]) => `${key}${offset}`).join(' '), found.upTo], [keys, upTo]);
  });
}

test('changedKeys: of a batch that is skipped there are none, and it is passed', async () => {
  const memory = new MemoryLog(() => 0);
  for (const each of ['ab', 'cd', 'e']) await memory.append([batch(each)]);
  await memory.skip(partition, 2);
  const { keys, upTo } = await changedKeys(memory, partition, { above: -1, until: 3 }, 9);
  assert.deepEqual([[...keys.keys()], upTo], [['a', 'b'], 3]);
});

test('changedKeys: what was trimmed cannot be followed', async () => {
  const memory = new MemoryLog(() => 0);
  for (const each of ['ab', 'cd']) await memory.append([batch(each)]);
  await memory.trim(partition, 2);
  await assert.rejects(changedKeys(memory, partition, { above: -1, until: 3 }, 9), { code: 'LOG_TRIMMED' });
});
