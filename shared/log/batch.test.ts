import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SheafError } from '../errors.ts';
import {
  BatchWriter,
  countEntries,
  emptyBatch,
  readCatalogOffset,
  readEntries,
  versionOf,
  type EntryKind,
} from './batch.ts';

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
    ['53484c42', '0100', '1000', '000000000000f03f', '01', '0100', '02000000', '6b', '7b7d'].join(''),
  );
});

test('batch: cut anywhere but between entries it is refused', () => {
  const bytes = sample();
  const ends = new Set([16, 16 + 7 + 7 + 7, 16 + 7 + 7 + 7 + 7 + 1, 16 + 7 + 7 + 7 + 7 + 1 + 7, bytes.length]);
  for (let end = 0; end < bytes.length; end++) {
    const cut = bytes.subarray(0, end);
    for (const read of [() => [...readEntries(cut)], () => countEntries(cut)]) {
      if (ends.has(end)) read();
      else assert.throws(read, { code: 'BATCH_INVALID' }, `cut at ${end}`);
    }
  }
});

// Each row: the byte that is changed in a sound batch, to what, and the code that reading it throws.
const changes: [what: string, position: number, value: number, code: string][] = [
  ['another magic', 0, 0x54, 'BATCH_INVALID'],
  ['version 0', 4, 0, 'BATCH_INVALID'],
  ['a newer version', 4, 99, 'BATCH_VERSION_UNKNOWN'],
  ['a much newer version', 5, 1, 'BATCH_VERSION_UNKNOWN'],
  ['a header that is too short', 6, 15, 'BATCH_INVALID'],
  ['a header that is longer than the batch', 7, 1, 'BATCH_INVALID'],
  ['a catalog offset that is none', 15, 0x7f, 'BATCH_INVALID'],
  ['an unknown kind', 16, 9, 'BATCH_INVALID'],
];
for (const [what, position, value, code] of changes) {
  test(`batch: ${what} is ${code}`, () => {
    const bytes = sample();
    bytes[position] = value;
    assert.throws(() => [...readEntries(bytes)], { code });
    assert.throws(() => countEntries(bytes), { code });
  });
}

test('batch: a longer header of a later time is read as far as it is known', () => {
  const bytes = Buffer.from(sample());
  const longer = Buffer.concat([bytes.subarray(0, 16), Buffer.from('more'), bytes.subarray(16)]);
  longer.writeUInt16LE(20, 6);
  assert.equal(readCatalogOffset(longer), 42);
  assert.equal(countEntries(longer), 4);
  assert.deepEqual([...readEntries(longer)], [...readEntries(bytes)]);
});

test('batch: one in the place of a skipped one has no entries', () => {
  assert.deepEqual([readCatalogOffset(emptyBatch()), countEntries(emptyBatch())], [-1, 0]);
});

test('BatchWriter: a batch needs the newest catalog that any of its entries was checked against', () => {
  const writer = new BatchWriter(3);
  writer.add('put', 'a');
  assert.equal(readCatalogOffset(new BatchWriter(3).finish()), 3);
  writer.raiseCatalogOffset(8);
  writer.add('put', 'b');
  const bytes = writer.finish();
  assert.equal(readCatalogOffset(bytes), 8);
  assert.deepEqual(
    Array.from(readEntries(bytes), ({ key }) => key),
    ['a', 'b'],
  );
});

test('batch: what an older version cannot read is of the newer version, and nothing else is', () => {
  const versionWith = (...kinds: EntryKind[]): number | undefined => {
    const writer = new BatchWriter(3);
    for (const kind of kinds) writer.add(kind, 'a', Buffer.from('[1]'));
    return versionOf(writer.finish());
  };
  assert.deepEqual([versionWith('put', 'delete', 'increment'), versionWith('put', 'judged', 'put')], [1, 2]);
});

test('batch: what is no batch is told from its first byte on', () => {
  const sizeBytes = 4;
  const isToldSo = ({ code, detail }: SheafError): boolean =>
    code === 'BATCH_INVALID' && detail['position'] === 0 && detail['sizeBytes'] === sizeBytes;
  assert.throws(() => countEntries(Buffer.from('abcd')), isToldSo);
});
