import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import { createRandom } from '../random/random.ts';
import { termsOf } from './analyzer.ts';
import { analyzerNames, analyzerOf } from './analyzers.ts';
import type { AnalyzerName } from './analyzers.ts';
import { foldWord } from './fold.ts';

// Each row: an analyzer, a text, its tokens as term@position[start,end).
const rows: [name: AnalyzerName, text: string, tokens: string][] = [
  ['standard', '', ''],
  ['standard', ' .,-', ''],
  ['standard', 'The Cat', 'the@0[0,3) cat@1[4,7)'],
  ['standard', "it's 3.5km", 'it@0[0,2) s@1[3,4) 3@2[5,6) 5km@3[7,10)'],
  ['standard', 'Éclair e\u0301clair', 'eclair@0[0,6) eclair@1[7,14)'],
  ['standard', 'Straße STRASSE', 'strasse@0[0,6) strasse@1[7,14)'],
  ['standard', 'ΣΟΦΟΣ σοφός', 'σοφοσ@0[0,5) σοφοσ@1[6,11)'],
  ['standard', 'İstanbul ıssız', 'istanbul@0[0,8) issiz@1[9,14)'],
  ['standard', 'naïveté-x', 'naivete@0[0,7) x@1[8,9)'],
  ['standard', 'ЙОГУРТ', 'иогурт@0[0,6)'],
  ['standard', '東京タワー 한국', '東京タワー@0[0,5) 한국@1[6,8)'],
  ['standard', 'नमस्ते', 'नमस्ते@0[0,6)'],
  ['standard', '𝒜b 😀c', '𝒜b@0[0,3) c@1[6,7)'],
  ['standard', 'a\ud800b \udc00', 'a@0[0,1) b@1[2,3)'],
  ['standard', '\u0301', ''],
  ['standard', '“a” b', 'a@0[1,2) b@1[4,5)'],
  ['simple', 'Éclair Straße', 'éclair@0[0,6) straße@1[7,13)'],
  ['simple', 'Cat', 'cat@0[0,3)'],
  ['keyword', '', ''],
  ['keyword', 'The Cat\ud800', 'The Cat\ufffd@0[0,8)'],
  ['english', 'The cats are Running', 'cat@1[4,8) run@3[13,20)'],
  ['english', "don't", ''],
  ['english', 'Cafés of generals', 'cafe@0[0,5) general@2[9,17)'],
];

for (const [name, text, expected] of rows) {
  test(`analyzerOf: ${name} of ${JSON.stringify(text)}`, () => {
    const tokens: string[] = [];
    analyzerOf(name).analyze(text, (term, position, start, end) => tokens.push(`${term}@${position}[${start},${end})`));
    assert.equal(tokens.join(' '), expected);
  });
}

const word = /[\p{L}\p{N}\p{M}]+/gu;

/** The same terms, straight from the definition. */
const twins: Readonly<Record<'standard' | 'simple', (text: string) => string[]>> = {
  standard: (text) => (text.match(word) ?? []).map(foldWord).filter((term) => term !== ''),
  simple: (text) => (text.match(word) ?? []).map((term) => term.toLowerCase()),
};

const pieces =
  "a|B|c9|Zq| | |-|'|\u00e9|é|e\u0301|\u0301|ß|ẞ|ς|Σ|İ|ı|“|😀|𝒜|\ud800|\udc00|東|한|ते|ﬁ|²|\u200d|Ǆ|ǆ|Й".split('|');

for (const [name, twin] of Object.entries(twins)) {
  test(`analyzerOf: ${name} agrees with its definition on any text`, () => {
    for (let seed = 1; seed <= 5000; seed++) {
      const random = createRandom(seed);
      const text = Array.from({ length: random.integer(0, 12) }, () => random.pick(pieces)).join('');
      const found = termsOf(analyzerOf(name as AnalyzerName), text);
      assert.deepEqual(found, twin(text), `seed ${seed}: ${JSON.stringify(text)}`);
    }
  });
}

test('analyzerOf: offsets hold the word, positions ascend, terms are well-formed and fit', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const random = createRandom(seed);
    const long = 'x'.repeat(random.chance(0.01) ? 3 * limits.termBytesMax : 1);
    const text = Array.from({ length: random.integer(0, 12) }, () => random.pick([...pieces, long])).join('');
    for (const name of analyzerNames) {
      let before = -1;
      analyzerOf(name).analyze(text, (term, position, start, end) => {
        const where = `seed ${seed}: ${name} ${term.slice(0, 20)}`;
        assert.ok(position > before && start < end && end <= text.length, where);
        assert.ok(term.isWellFormed() && term !== '' && Buffer.byteLength(term) <= limits.termBytesMax, where);
        if (name === 'simple' && end - start < 1000) assert.equal(term, text.slice(start, end).toLowerCase(), where);
        before = position;
      });
    }
  }
});

test('analyzerOf: a long word is cut into pieces with positions of their own, never inside a pair', () => {
  const lengthMax = Math.floor(limits.termBytesMax / 3);
  for (const letter of ['x', '𝒜']) {
    const text = letter.repeat(lengthMax + 1);
    const terms = termsOf(analyzerOf('standard'), text);
    assert.ok(terms.length > 1);
    assert.equal(terms.join(''), text);
    assert.ok(terms.every((term) => term.isWellFormed() && Buffer.byteLength(term) <= limits.termBytesMax));
  }
});

test('foldWord: folding again changes nothing', () => {
  for (let code = 0; code < 0x3000; code++) {
    const folded = foldWord(String.fromCharCode(code));
    assert.equal(foldWord(folded), folded, code.toString(16));
  }
});
