import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { valuesToLines, type Place } from './values-to-lines.ts';
import { roundsOf } from '../../../tests/stages/rounds.ts';

async function lines(text: string, chunkSize: number, place: Place = { in: 'array' }): Promise<string> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  const out: Uint8Array[] = [];
  for await (const chunk of valuesToLines(chunks(), place)) out.push(chunk);
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
  test(`valuesToLines: ${name}`, async () => {
    for (const chunkSize of [1, 2, 3, 100]) assert.equal(await lines(text, chunkSize), expected);
  });
}

test('valuesToLines: an array that does not end, or is followed by something, is refused', async () => {
  await assert.rejects(lines('[{"a":1},{"b":', 3), /does not end; 1 elements are whole/);
  await assert.rejects(lines('[1] 2', 3), /follows the end/);
});

test('valuesToLines: gives each element of any array as its own line', async () => {
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
  await fc.assert(property, { seed: 11, numRuns: roundsOf(200) });
});

// Each row: objects one after another, the lines.
const sequences: [name: string, text: string, expected: string][] = [
  ['nothing', ' \n', ''],
  ['over several lines', '{\n "a": 1\n}\n{"b":\n[1,\n2]}\n', '{  "a": 1 }\n{"b": [1, 2]}\n'],
  ['without anything between', '{"a":1}{"b":2}', '{"a":1}\n{"b":2}\n'],
  ['brackets in strings', '{"a":"}{"}\n{"b":"\\"}"}', '{"a":"}{"}\n{"b":"\\"}"}\n'],
  ['what is no object, as far as it goes', '{"a":1} x', '{"a":1}\nx\n'],
];
for (const [name, text, expected] of sequences) {
  test(`valuesToLines: a sequence, ${name}`, async () => {
    for (const size of [1, 3, 100]) assert.equal(await lines(text, size, { in: 'sequence' }), expected);
  });
}

// Each row: an object around an array "data", the lines.
const wrapped: [name: string, text: string, expected: string][] = [
  ['alone', '{"data":[{"a":1},{"b":[2]}]}', '{"a":1}\n{"b":[2]}\n'],
  ['between others', '{"n":1,"x":{"data":[5]},"y":[[6]],"data" : [ {"a":1} ], "next":"data"}', '{"a":1} \n'],
  ['a value that is the name', '{"x":"data","y":[7],"data":[{"a":"]}"}]}', '{"a":"]}"}\n'],
  ['nothing in it', '{"data":[]}', ''],
];
for (const [name, text, expected] of wrapped) {
  test(`valuesToLines: a member, ${name}`, async () => {
    for (const size of [1, 3, 100]) assert.equal(await lines(text, size, { in: 'member', name: 'data' }), expected);
  });
}

test('valuesToLines: what does not end, or is not there, is told', async () => {
  await assert.rejects(lines('{"a":1}{"b":', 3, { in: 'sequence' }), /last JSON object does not end; 1 before it/);
  await assert.rejects(lines('{"data":[{"a":1},{', 3, { in: 'member', name: 'data' }), /does not end; 1 elements/);
  await assert.rejects(lines('{"x":[{"a":1}]}', 3, { in: 'member', name: 'data' }), /there is no array "data"/);
});
