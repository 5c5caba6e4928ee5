import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { DocumentSplitter } from './document-splitter.ts';

/** Splits a body cut into chunks at the given positions; a piece is shown as `line:text`, a fault by its code. */
function split(body: string, cuts: readonly number[] = [], documentBytesMax = 1000): string[] {
  const bytes = Buffer.from(body);
  const splitter = new DocumentSplitter(documentBytesMax);
  const pieces: string[] = [];
  const take = (from: { line: number; bytes: Buffer | null }[]): void => {
    for (const piece of from)
      pieces.push(`${piece.line}:${piece.bytes === null ? 'TOO LARGE' : piece.bytes.toString()}`);
  };
  let start = 0;
  for (const end of [...cuts, bytes.length]) {
    take(splitter.push(Buffer.from(bytes.subarray(start, end))));
    start = end;
  }
  take(splitter.end());
  if (splitter.fault !== null) pieces.push(splitter.fault.code);
  return pieces;
}

// Each row: the body; the documents in it.
const rows: [name: string, body: string, expected: string[]][] = [
  ['nothing', '', []],
  ['white space', ' \n\t\r\n', []],
  ['two lines', '{"a":1}\n{"b":2}\n', ['1:{"a":1}', '2:{"b":2}']],
  ['no newline at the end', '{"a":1}\n{"b":2}', ['1:{"a":1}', '2:{"b":2}']],
  ['blank lines are counted', '\n\n{"a":1}\r\n\n{"b":2}', ['3:{"a":1}', '5:{"b":2}']],
  ['lines that are no documents are pieces too', '{"a":1}\noops\n', ['1:{"a":1}', '2:oops']],
  ['an array', '[{"a":1},{"b":[2,{"c":3}]}]', ['1:{"a":1}', '2:{"b":[2,{"c":3}]}']],
  ['an array over lines', ' [\n {"a":1} ,\n {"b":2}\n ]\n', ['1:{"a":1}', '2:{"b":2}']],
  ['an empty array', '[ ]', []],
  ['brackets and quotes in strings', '[{"a":"]},[{\\"\\\\"},1]', ['1:{"a":"]},[{\\"\\\\"}', '2:1']],
  ['a blank element', '[1,,2]', ['1:1', '2:', '3:2']],
  ['a comma at the end', '[1,]', ['1:1', '2:']],
  ['an array that is not closed', '[{"a":1},{"b"', ['1:{"a":1}', 'JSON_MALFORMED']],
  ['something after the array', '[1] 2', ['1:1', 'JSON_MALFORMED']],
  ['a line over the limit', `{"a":1}\n${'x'.repeat(1001)}\n{"b":2}`, ['1:{"a":1}', '2:TOO LARGE', '3:{"b":2}']],
  ['an element over the limit', `[1,"${'x'.repeat(1000)}",2]`, ['1:1', '2:TOO LARGE', '3:2']],
];

for (const [name, body, expected] of rows) {
  test(`DocumentSplitter: ${name}`, () => {
    assert.deepEqual(split(body), expected);
    for (let cut = 0; cut <= Buffer.byteLength(body); cut += body.length > 200 ? 97 : 1) {
      assert.deepEqual(split(body, [cut]), expected, `cut at ${cut}`);
    }
  });
}

test('DocumentSplitter: an array splits as JSON.parse reads it, however it is cut', (t) => {
  const seed = 7;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 500; run++) {
    const documents = Array.from({ length: random.integer(0, 6) }, () => randomValue(random, 3));
    const body = JSON.stringify(documents, null, random.integer(0, 2));
    const size = Buffer.byteLength(body);
    const cuts = Array.from({ length: random.integer(0, 5) }, () => random.integer(0, size)).sort((a, b) => a - b);
    const pieces = split(body, cuts).map((piece) => JSON.parse(piece.slice(piece.indexOf(':') + 1)) as unknown);
    assert.deepEqual(pieces, documents);
  }
});

function randomValue(random: ReturnType<typeof createRandom>, depth: number): unknown {
  const kind = random.integer(0, depth > 0 ? 4 : 2);
  if (kind === 0) return random.integer(-5, 5);
  if (kind === 1) return random.pick(['', 'a', '"', '\\', '[', ']', '{', '}', ',', 'ü', '🜁', '\n', '\\"']);
  if (kind === 2) return random.pick([true, false, null]);
  const children = Array.from({ length: random.integer(0, 3) }, () => randomValue(random, depth - 1));
  return kind === 3 ? children : Object.fromEntries(children.map((child, i) => [`k${i}`, child]));
}
