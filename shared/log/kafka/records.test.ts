import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textBatch, textOf } from '../batch.fixture.ts';
import { readPieces, writePiece, type PartOf, type PlainRecord, type RecordGroup } from './records.ts';

const part: PartOf = { append: '00112233445566778899aabbccddeeff', seen: 7 };

/** Records as Kafka gives them back: a group for each list. */
function groups(firstOffset: number, ...lists: readonly (readonly PlainRecord[])[]): RecordGroup[] {
  let next = firstOffset;
  return lists.map((records) => {
    const group = {
      firstOffset: BigInt(next),
      records: records.map((record, offsetDelta) => ({ ...record, offsetDelta })),
      attributes: 0,
    };
    next += records.length;
    return group;
  });
}

const a = writePiece(textBatch('p', 'a', 3), null);
const b = writePiece(textBatch('p', 'b'), part);
const c = writePiece(textBatch('p', 'c', 2), null);

/** `TEXT@FIRST+COUNT`, with `!` behind a part. */
function read(from: number, found: readonly RecordGroup[]): string {
  const pieces = readPieces('p', found, from);
  return pieces
    .map((piece) => `${textOf(piece)}@${piece.firstOffset}+${piece.count}${piece.part === null ? '' : '!'}`)
    .join(' ');
}

// Each row: groups of records, from which offset on they are read, the batches.
const rows: [name: string, found: RecordGroup[], from: number, expected: string][] = [
  ['nothing', [], 0, ''],
  ['each in a group of its own', groups(10, a, b, c), 10, 'a@10+3 b@13+1! c@14+2'],
  ['all in one group', groups(10, [...a, ...b, ...c]), 10, 'a@10+3 b@13+1! c@14+2'],
  ['from the midst of a batch', groups(10, [...a, ...b]), 12, 'a@10+3 b@13+1!'],
  ['from the one behind it', groups(10, [...a, ...b]), 13, 'b@13+1!'],
  ['from behind all', groups(10, [...a, ...b]), 14, ''],
  [
    'a group of Kafka’s own',
    [{ firstOffset: 3n, records: [{ key: null, value: null, offsetDelta: 0 }], attributes: 0x20 }],
    0,
    '',
  ],
];
for (const [name, found, from, expected] of rows)
  test(`readPieces: ${name}`, () => assert.equal(read(from, found), expected));

test('writePiece: as many records as entries, the first as it always was', () => {
  assert.deepEqual([a.length, b.length, c.length], [3, 1, 2]);
  assert.equal(Buffer.from(b[0]!.key!).toString('hex', 0, 5), '0101000000');
  assert.equal(Buffer.from(b[0]!.key!).toString('hex', 13), `${part.append}0000000000001c40`);
  assert.equal(a[0]!.key!.length, 13);
  assert.deepEqual(a.slice(1), [
    { key: null, value: null },
    { key: null, value: null },
  ]);
});

test('readPieces: a part says of which append it is, and what its author had seen', () => {
  assert.deepEqual(readPieces('p', groups(0, b), 0)[0]!.part, part);
});

function changed(record: PlainRecord, what: (key: Buffer, value: Buffer) => void): PlainRecord {
  const key = Buffer.from(record.key!);
  const value = Buffer.from(record.value!);
  what(key, value);
  return { key, value };
}

// Each row: what is wrong with the first record, the code.
const wrong: [what: string, record: PlainRecord, code: string][] = [
  ['no key', { key: null, value: Buffer.from('x') }, 'LOG_CORRUPT'],
  ['a key cut short', { key: a[0]!.key!.subarray(0, 12), value: a[0]!.value }, 'LOG_CORRUPT'],
  ['of a newer version', changed(a[0]!, (key) => key.writeUInt8(2, 0)), 'BATCH_VERSION_UNKNOWN'],
  ['of no entries', changed(a[0]!, (key) => key.writeUInt32LE(0, 1)), 'LOG_CORRUPT'],
  ['of more entries than there are records', changed(a[0]!, (key) => key.writeUInt32LE(4, 1)), 'LOG_CORRUPT'],
  ['no value', { key: a[0]!.key, value: null }, 'LOG_CORRUPT'],
];
for (const [what, record, code] of wrong) {
  test(`readPieces: ${what} is ${code}`, () => {
    assert.throws(() => readPieces('p', groups(0, [record, ...a.slice(1)]), 0), { code });
  });
}

test('readPieces: any byte of the value that is another is LOG_CORRUPT', () => {
  for (let i = 0; i < a[0]!.value!.length; i++) {
    const record = changed(a[0]!, (_key, value) => value.writeUInt8(value[i]! ^ 1, i));
    assert.throws(() => readPieces('p', groups(0, [record, ...a.slice(1)]), 0), { code: 'LOG_CORRUPT' });
  }
});
