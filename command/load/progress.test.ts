import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressLine } from './progress.ts';

// Each row: documents, share of the whole, milliseconds so far, the line.
const rows: [name: string, documents: number, share: number | undefined, elapsedMs: number, line: string][] = [
  ['before the first document', 0, 0, 0, '[------------------------]   0 %  0 documents  0 documents/s'],
  ['half way', 58_895, 0.5, 3000, '[############------------]  50 %  58,895 documents  19,632 documents/s'],
  ['at the end', 9, 1, 1000, '[########################] 100 %  9 documents  9 documents/s'],
  ['a file that grew', 9, 1.5, 1000, '[########################] 100 %  9 documents  9 documents/s'],
  ['of a stream', 2000, undefined, 1000, '2,000 documents  2,000 documents/s'],
];

for (const [name, documents, share, elapsedMs, line] of rows) {
  test(`progressLine: ${name}`, () => {
    assert.equal(progressLine({ documents, share, waitsFor: undefined }, elapsedMs), line);
  });
}

test('progressLine: says why it is slow', () => {
  const line = progressLine({ documents: 2000, share: undefined, waitsFor: 'REPLICAS_BEHIND' }, 1000);
  assert.equal(line, '2,000 documents  2,000 documents/s  slowed down: REPLICAS_BEHIND');
});
