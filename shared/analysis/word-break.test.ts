import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../random/random.ts';
import { wordBoundaries } from './word-break.fixture.ts';
import { WordBreaks } from './word-break.ts';

function boundariesOf(text: string): number[] {
  const breaks = new WordBreaks(text);
  const boundaries = text === '' ? [] : [0];
  for (let at = 0; at < text.length;) boundaries.push((at = breaks.next(at)));
  return boundaries;
}

// Each row: a text, with | at the boundaries.
const rows: [text: string, pieces: string][] = [
  ['', ''],
  ["can't stop", "can't| |stop"],
  ['3.5km, 1,000', '3.5km|,| |1,000'],
  ['a. b', 'a|.| |b'],
  ['x_1', 'x_1'],
  ['\r\n\n', '\r\n|\n'],
  ['🇩🇪🇫🇷🇬', '🇩🇪|🇫🇷|🇬'],
  ['👩\u200d💻x', '👩\u200d💻|x'],
  ['א"ב א\'', 'א"ב| |א\''],
  ['東京タワー', '東|京|タワー'],
];
for (const [text, pieces] of rows) {
  test(`WordBreaks: ${JSON.stringify(text)}`, () => {
    const boundaries = boundariesOf(text);
    assert.equal(
      boundaries
        .slice(1)
        .map((end, at) => text.slice(boundaries[at], end))
        .join('|'),
      pieces,
    );
    assert.deepEqual(wordBoundaries(text), boundaries);
  });
}

/** Unicode's own test, of version 14, where the data that is handed over beside the repository is there. */
const archive = fileURLToPath(new URL('../../../shared/data/unicode-word-break.tar.gz', import.meta.url));
const missing = existsSync(archive) ? false : `${archive} is missing: boundaries are not held to Unicode's test`;

/** Lines of version 14 that later versions answer otherwise. Scissors are pictographic no more: joiners do not join them. */
const changed = ['÷ 2701 × 200D × 2701 ÷', '÷ 0061 × 200D × 2701 ÷'];

test("WordBreaks: finds the boundaries of Unicode's WordBreakTest", { skip: missing }, () => {
  const lines = execFileSync('tar', ['-xzOf', archive, 'unicode-word-break/WordBreakTest.txt']).toString().split('\n');
  const cases = lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
  assert.ok(cases.length > 1800);
  const wrong = cases.filter((line) => {
    const pieces = line
      .split('÷')
      .map((piece) => piece.trim())
      .filter((piece) => piece !== '');
    const texts = pieces.map((piece) =>
      piece
        .split('×')
        .map((hex) => String.fromCodePoint(parseInt(hex, 16)))
        .join(''),
    );
    let end = 0;
    const expected = [0, ...texts.map((piece) => (end += piece.length))].join(' ');
    const text = texts.join('');
    const found = boundariesOf(text);
    assert.deepEqual(wordBoundaries(text), found, line);
    return found.join(' ') !== expected;
  });
  assert.deepEqual(wrong, changed);
});

/** A few of each value of Word_Break, of each kind of word, and what is ignored. */
const characters = (
  'a Z é א 東 ひ カ ｶ ー ก ກ က ខ 한 ʼ 1 ٣ _ \u203f . : , ; \' " ’ · - ! \r \n \u2028 \u0301 \u00ad \u200d \u200b \u3000 \u0020 ' +
  '😀 ❤ © Ⓜ 🅰 👩 💻 🏽 \ufe0f \u20e3 🇩 🇪 𝒜 \ud800 \udc00 \u0600 \u070f \u0488 \u{e0100} # *'
)
  .split(' ')
  .concat(' ');

test('WordBreaks: finds the boundaries that the rules of the annex do, of any two characters and of random texts', () => {
  for (const a of characters) for (const b of characters) assert.deepEqual(boundariesOf(a + b), wordBoundaries(a + b));
  for (let seed = 56_000_000; seed < 56_020_000; seed++) {
    const random = createRandom(seed);
    const text = Array.from({ length: random.integer(0, 14) }, () => random.pick(characters)).join('');
    assert.deepEqual(boundariesOf(text), wordBoundaries(text), `seed ${seed}: ${JSON.stringify(text)}`);
  }
});

test('WordBreaks: knows every character as the table of the annex does', () => {
  // By what it does between letters, between digits, and to what comes before and after.
  const contexts: [before: string, after: string][] = [
    ['a', 'a'],
    ['1', '1'],
    ['カ', '_'],
    ['א', 'א'],
    ['\u200d', ' '],
    ['🇩', '🇩'],
  ];
  for (let code = 0x80; code < 0x110000; code += code < 0x600 ? 1 : code < 0x20000 ? 11 : 997) {
    const character = String.fromCodePoint(code);
    for (const [before, after] of contexts) {
      const text = before + character + after;
      assert.deepEqual(boundariesOf(text), wordBoundaries(text), code.toString(16));
    }
  }
});
