import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchHeaderBytes, BatchWriter } from '../../shared/log/batch.ts';
import { Pending } from './pending.ts';

/** `a=1` puts, `a` deletes; the batch begins at the offset. */
function take(pending: Pending, firstOffset: number, words: string, after: number): number {
  const writer = new BatchWriter(-1);
  for (const word of words.split(' ')) {
    const [key, value] = word.split('=') as [string, string | undefined];
    if (value === undefined) writer.add('delete', key);
    else writer.add('put', key, Buffer.from(value));
  }
  return pending.take({ firstOffset, count: writer.count, bytes: writer.finish() }, after);
}

// Each row: two batches at 10 and at 20, entries up to `after` being known; the keys touched and the documents left.
const rows: [name: string, first: string, second: string, after: number, keys: string, puts: string][] = [
  ['keeps the order of the log', 'b=1 a=2', 'c=3', 9, 'b a c', 'b@10=1 a@11=2 c@20=3'],
  ['the last put wins, in its place', 'a=1 b=2', 'a=3', 9, 'b a', 'b@11=2 a@20=3'],
  ['a delete removes', 'a=1 b=2', 'a', 9, 'b a', 'b@11=2'],
  ['a put after a delete is back', 'a', 'a=1', 9, 'a', 'a@20=1'],
  ['skips what is known', 'a=1 b=2', 'c=3', 10, 'b c', 'b@11=2 c@20=3'],
  ['skips a batch that is known', 'a=1 b=2', 'c=3', 11, 'c', 'c@20=3'],
];

for (const [name, first, second, after, keys, puts] of rows) {
  test(`pending: ${name}`, () => {
    const pending = new Pending();
    take(pending, 10, first, after);
    take(pending, 20, second, after);
    assert.equal([...pending.keys()].join(' '), keys);
    const shown = pending.puts().map(({ key, offset, source }) => `${key}@${offset}=${Buffer.from(source).toString()}`);
    assert.equal(shown.join(' '), puts);
  });
}

test('pending: counts the documents and the bytes it took', () => {
  const pending = new Pending();
  assert.equal(take(pending, 0, 'a=1 b c=2', 0), 1);
  assert.equal(pending.sizeBytes, batchHeaderBytes + 3 * (7 + 1) + 2);
});
