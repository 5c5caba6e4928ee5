import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteOrderMark } from './byte-order-mark.ts';

// Each row: the bytes of a body in hexadecimal, and what is left of them.
const rows: [body: string, left: string][] = [
  ['', ''],
  ['efbbbf', ''],
  ['efbbbf7b7d', '7b7d'],
  ['7b7d', '7b7d'],
  ['efbbbfefbbbf7b', 'efbbbf7b'],
  ['7befbbbf', '7befbbbf'],
  ['efbb', 'efbb'],
  ['ef', 'ef'],
  ['efbb7b', 'efbb7b'],
  ['efbcbf', 'efbcbf'],
];
for (const [body, left] of rows) {
  test(`ByteOrderMark: ${body === '' ? 'nothing' : body} however it is cut`, () => {
    const bytes = Buffer.from(body, 'hex');
    for (let cuts = 0; cuts < 2 ** Math.max(0, bytes.length - 1); cuts++) {
      const mark = new ByteOrderMark();
      const found: Buffer[] = [];
      let start = 0;
      for (let end = 1; end <= bytes.length; end++) {
        if (end < bytes.length && (cuts & (1 << (end - 1))) === 0) continue;
        found.push(mark.strip(bytes.subarray(start, end)));
        start = end;
      }
      found.push(mark.rest());
      assert.equal(Buffer.concat(found).toString('hex'), left);
    }
  });
}
