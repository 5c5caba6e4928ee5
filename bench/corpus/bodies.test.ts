import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeBodies } from './bodies.ts';

// Each row: documents of 2 bytes a line, the size of a body, the documents of each body.
const rows: [name: string, documents: number[], sizeBytes: number, expected: number[]][] = [
  ['none', [], 4, []],
  ['the last body holds the rest', [1, 2, 3], 4, [2, 1]],
  ['exactly full', [1, 2, 3, 4], 4, [2, 2]],
  ['a document larger than a body', [1, 2], 1, [1, 1]],
];

for (const [name, documents, sizeBytes, expected] of rows) {
  test(`makeBodies: ${name}`, () => {
    const bodies = makeBodies(documents, sizeBytes);
    assert.deepEqual(
      bodies.map((body) => body.documents),
      expected,
    );
    assert.equal(bodies.map((body) => body.bytes.toString()).join(''), documents.map((one) => `${one}\n`).join(''));
  });
}
