import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MetaTable, readMeta, writeMeta, type MetaEntry } from './meta.ts';

// Each row: an entry, and its bytes as they stand in Kafka for good.
const golden: [entry: MetaEntry, text: string][] = [
  [
    { kind: 'made', topic: 'blue.catalog', id: 'u', partitions: 1 },
    '{"version":1,"kind":"made","topic":"blue.catalog","id":"u","partitions":1}',
  ],
  [{ kind: 'removed', topic: 'blue.index.x7' }, '{"version":1,"kind":"removed","topic":"blue.index.x7"}'],
  [
    { kind: 'skipped', partition: 'x7/1', firstOffset: 4 },
    '{"version":1,"kind":"skipped","partition":"x7/1","firstOffset":4}',
  ],
];
for (const [entry, text] of golden) {
  test(`meta: ${entry.kind} is written and read as it always was`, () => {
    assert.equal(writeMeta(entry).toString(), text);
    assert.deepEqual(readMeta(Buffer.from(text)), entry);
  });
}

// Each row: what is no entry, the code.
const wrong: [text: string, code: string][] = [
  ['', 'BATCH_INVALID'],
  ['{}', 'BATCH_INVALID'],
  ['{"version":1,"kind":"made","topic":"t"}', 'BATCH_INVALID'],
  ['{"version":1,"kind":"lost","topic":"t"}', 'BATCH_INVALID'],
  ['{"version":2,"kind":"lost"}', 'BATCH_VERSION_UNKNOWN'],
];
for (const [text, code] of wrong)
  test(`meta: ${text} is ${code}`, () => assert.throws(() => readMeta(Buffer.from(text)), { code }));

test('MetaTable: the first that was made of a name is the one, and what was removed never comes back', () => {
  const table = new MetaTable();
  table.read({ kind: 'made', topic: 't', id: 'first', partitions: 2 });
  table.read({ kind: 'made', topic: 't', id: 'second', partitions: 3 });
  assert.deepEqual([table.madeOf('t')?.id, table.madeOf('t')?.partitions], ['first', 2]);
  table.read({ kind: 'removed', topic: 't' });
  table.read({ kind: 'made', topic: 't', id: 'third', partitions: 2 });
  assert.deepEqual([table.madeOf('t'), table.isRemoved('t'), table.all().size], [undefined, true, 0]);
  table.read({ kind: 'skipped', partition: 'p', firstOffset: 3 });
  assert.deepEqual([table.isSkipped('p', 3), table.isSkipped('p', 4), table.isSkipped('q', 3)], [true, false, false]);
});
