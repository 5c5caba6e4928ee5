import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitLines, type LineLimits } from './lines.ts';

async function* chunksOf(pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece, 'latin1');
}

/** Batches as `first line:text`, lines too long as `line!size`. */
async function split(pieces: readonly string[], limits: LineLimits): Promise<string[]> {
  const result: string[] = [];
  for await (const batch of splitLines(chunksOf(pieces), limits)) {
    if (batch.kind === 'tooLong') result.push(`${batch.line}!${batch.sizeBytes}`);
    else {
      const text = batch.body.toString('latin1');
      result.push(`${batch.firstLine}:${text}`);
      assert.equal(batch.lines, text.split('\n').length - (text.endsWith('\n') ? 1 : 0));
    }
  }
  return result;
}

// Each row: the chunks that come in, the size of a batch, the longest line, what comes out.
const rows: [name: string, chunks: string[], batchBytes: number, lineBytesMax: number, expected: string[]][] = [
  ['nothing', [], 4, 9, []],
  ['one line without a line feed', ['ab'], 4, 9, ['1:ab']],
  ['a line over three chunks', ['a', 'b', 'c\nd'], 9, 9, ['1:abc\nd']],
  ['a batch ends with the line that fills it', ['ab\ncd\nef\n'], 4, 9, ['1:ab\ncd\n', '3:ef\n']],
  ['a line feed alone in a chunk', ['ab', '\n', 'cd', '\n'], 1, 9, ['1:ab\n', '2:cd\n']],
  ['empty lines count', ['\n\na\n'], 3, 9, ['1:\n\na\n']],
  ['a batch ends with the last line it may have', ['a\nb\nc\nd\n'], 99, 9, ['1:a\nb\nc\n', '4:d\n']],
  ['a line too long between others', ['a\nbbb', 'bbb\nc'], 9, 4, ['1:a\n', '2!7', '3:c']],
  ['a line too long at the end', ['a\nbb', 'bbb'], 9, 4, ['1:a\n', '2!5']],
];

for (const [name, chunks, batchBytes, lineBytesMax, expected] of rows) {
  test(`splitLines: ${name}`, async () => {
    assert.deepEqual(await split(chunks, { batchBytes, lineBytesMax, linesMax: 3 }), expected);
  });
}

test('splitLines: joined again the batches are the stream, however it was cut', async () => {
  const piece = fc.array(fc.constantFrom('a', 'b', '\n'), { maxLength: 8 }).map((letters) => letters.join(''));
  const property = fc.asyncProperty(fc.array(piece), fc.integer({ min: 1, max: 9 }), async (pieces, batchBytes) => {
    const batches = await split(pieces, { batchBytes, lineBytesMax: 1000, linesMax: 1000 });
    const texts = batches.map((batch) => batch.slice(batch.indexOf(':') + 1));
    assert.equal(texts.join(''), pieces.join(''));
    for (const text of texts.slice(0, -1)) assert(text.endsWith('\n') && text.length >= batchBytes);
  });
  await fc.assert(property, { seed: 7, numRuns: 300 });
});
