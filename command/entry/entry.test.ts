import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchWriter, emptyBatch } from '../../shared/log/batch.ts';
import { batchLines } from './entry.ts';

function written(): Uint8Array {
  const writer = new BatchWriter(3);
  writer.add('put', 'a', Buffer.from('{"n":1}'));
  writer.add('delete', 'b');
  return writer.finish();
}

function ofVersion99(): Uint8Array {
  const bytes = written();
  bytes[4] = 99;
  return bytes;
}

// Each row: the batch, whether it is skipped, what is shown of it.
const rows: [name: string, bytes: Uint8Array, skipped: boolean, lines: string[]][] = [
  [
    'a batch',
    written(),
    false,
    [
      'p 7 to 8: 2 entries, 39 bytes, version 1',
      'checked against the catalog at 3',
      '7 put "a" {\\"n\\":1}',
      '8 delete "b"',
    ],
  ],
  ['one left out', emptyBatch(), true, ['p 7 to 8: left out']],
];

for (const [name, bytes, skipped, lines] of rows) {
  test(`batchLines: ${name}`, () => {
    assert.deepEqual(batchLines({ partition: 'p', firstOffset: 7, count: 2, bytes, skipped }), lines);
  });
}

test('batchLines: what cannot be read is named and shown as bytes', () => {
  const noBatch = batchLines({ partition: 'p', firstOffset: 7, count: 2, bytes: Buffer.from('abcd') });
  assert.equal(noBatch[0], 'p 7 to 8: 2 entries, 4 bytes, version none');
  assert.match(noBatch[1]!, /^BATCH_INVALID: /);
  assert.equal(noBatch[2], '61626364');
  const newer = batchLines({ partition: 'p', firstOffset: 7, count: 2, bytes: ofVersion99() });
  assert.equal(newer[0], 'p 7 to 8: 2 entries, 39 bytes, version 99');
  assert.match(newer[1]!, /^BATCH_VERSION_UNKNOWN: .*"version":99,"known":2/);
});
