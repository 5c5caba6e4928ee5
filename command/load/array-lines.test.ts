import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arrayToLines } from './array-lines.ts';

async function lines(text: string, chunkSize: number): Promise<string> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  const out: Uint8Array[] = [];
  for await (const chunk of arrayToLines(chunks())) out.push(chunk);
  return Buffer.concat(out).toString();
}

// Each row: the array, the lines. What is wrong inside an element stays wrong in its line, for the root to reject.
const rows: [name: string, text: string, expected: string][] = [
  ['no element', ' [ ] ', ''],
  ['one element', '[{"a":1}]', '{"a":1}\n'],
  ['blanks and line feeds around and inside', ' [ {"a" :\n1} ,\n 2 ]\n', '{"a" : 1} \n2 \n'],
  ['brackets and quotes in strings', '[{"a":"]},{\\"["},"\\\\"]', '{"a":"]},{\\"["}\n"\\\\"\n'],
  ['nested arrays', '[[1,[2]],{"a":[{}]}]', '[1,[2]]\n{"a":[{}]}\n'],
  ['an element that is missing', '[1,,2]', '1\n\n2\n'],
  ['a raw line feed in a string', '["a\nb"]', '"a\rb"\n'],
];

for (const [name, text, expected] of rows) {
  test(`arrayToLines: ${name}`, async () => {
    for (const chunkSize of [1, 2, 3, 100]) assert.equal(await lines(text, chunkSize), expected);
  });
}

test('arrayToLines: an array that does not end, or is followed by something, is refused', async () => {
  await assert.rejects(lines('[{"a":1},{"b":', 3), /does not end; 1 elements are whole/);
  await assert.rejects(lines('[1] 2', 3), /follows the end/);
});

test('arrayToLines: gives each element of any array as its own line', async () => {
  const property = fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 9 }), async (values, size) => {
    for (const text of [JSON.stringify(values), JSON.stringify(values, null, 1)]) {
      const out = await lines(text, size);
      const parsed = out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown);
      assert.deepEqual(parsed, JSON.parse(text));
    }
  });
  await fc.assert(property, { seed: 11, numRuns: 200 });
});
