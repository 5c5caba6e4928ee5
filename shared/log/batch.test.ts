import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchWriter, readCatalogOffset, readEntries } from './batch.ts';

function sample(): Uint8Array {
  const writer = new BatchWriter(42, 8);
  writer.add('put', 'größe', Buffer.from('{"a":1}'));
  writer.add('delete', 'b');
  writer.add('put', '', Buffer.alloc(0));
  writer.add('increment', 'c', Buffer.from('[1]'));
  assert.equal(writer.count, 4);
  return writer.finish();
}

test('batch: entries come back as written', () => {
  const bytes = sample();
  assert.equal(readCatalogOffset(bytes), 42);
  const entries = [...readEntries(bytes)].map(({ kind, key, body }) => [kind, key, Buffer.from(body).toString()]);
  assert.deepEqual(entries, [
    ['put', 'größe', '{"a":1}'],
    ['delete', 'b', ''],
    ['put', '', ''],
    ['increment', 'c', '[1]'],
  ]);
});

test('batch: golden bytes', () => {
  const writer = new BatchWriter(1);
  writer.add('put', 'k', Buffer.from('{}'));
  assert.equal(
    Buffer.from(writer.finish()).toString('hex'),
    ['000000000000f03f', '01', '0100', '02000000', '6b', '7b7d'].join(''),
  );
});

test('batch: cut anywhere but between entries it is refused', () => {
  const bytes = sample();
  const ends = new Set([8, 8 + 7 + 7 + 7, 8 + 7 + 7 + 7 + 7 + 1, 8 + 7 + 7 + 7 + 7 + 1 + 7, bytes.length]);
  for (let end = 0; end < bytes.length; end++) {
    const read = (): unknown => [...readEntries(bytes.subarray(0, end))];
    if (ends.has(end)) read();
    else assert.throws(read, { code: 'LOG_CORRUPT' }, `cut at ${end}`);
  }
});

test('batch: an unknown kind is refused', () => {
  const bytes = sample();
  bytes[8] = 9;
  assert.throws(() => [...readEntries(bytes)], { code: 'LOG_CORRUPT' });
});
