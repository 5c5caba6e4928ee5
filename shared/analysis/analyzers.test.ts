import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import { createRandom } from '../random/random.ts';
import { termsOf } from './analyzer.ts';
import { analyzerNames, analyzerOf } from './analyzers.ts';
import type { AnalyzerName } from './analyzers.ts';
import { foldWord } from './fold.ts';
import { wordBoundaries } from './word-break.fixture.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

// Each row: an analyzer, a text, its tokens as term@position[start,end).
const rows: [name: AnalyzerName, text: string, tokens: string][] = [
  ['standard', '', ''],
  ['standard', ' .,-', ''],
  ['standard', 'The Cat', 'the@0[0,3) cat@1[4,7)'],
  ['standard', "it's 3.5km", "it's@0[0,4) 3.5km@1[5,10)"],
  ['standard', 'it’s O’Neil', "it's@0[0,4) o'neil@1[5,11)"],
  [
    'standard',
    'a.b 1,000.5 a,b 1:2 x_y __ .5 5. e.g.',
    'a.b@0[0,3) 1,000.5@1[4,11) a@2[12,13) b@3[14,15) 1@4[16,17) 2@5[18,19) x_y@6[20,23) 5@7[28,29) 5@8[30,31) e.g@9[33,36)',
  ],
  ['standard', 'well-known foo/bar', 'well@0[0,4) known@1[5,10) foo@2[11,14) bar@3[15,18)'],
  ['standard', 'Éclair e\u0301clair', 'eclair@0[0,6) eclair@1[7,14)'],
  ['standard', 'Straße STRASSE', 'strasse@0[0,6) strasse@1[7,14)'],
  ['standard', 'ΣΟΦΟΣ σοφός', 'σοφοσ@0[0,5) σοφοσ@1[6,11)'],
  ['standard', 'İstanbul ıssız', 'istanbul@0[0,8) issiz@1[9,14)'],
  ['standard', 'naïveté-x', 'naivete@0[0,7) x@1[8,9)'],
  ['standard', 'ЙОГУРТ', 'иогурт@0[0,6)'],
  ['standard', '東京タワー 한국', '東京@0[0,2) タワー@1[2,5) 한국@2[6,8)'],
  ['standard', '登录模块', '登录@0[0,2) 模@1[2,3) 块@2[3,4)'],
  ['standard', '共和国', '共和@0[0,2) 和国@1[1,3)'],
  ['standard', '한국어를', '한국@0[0,2) 국어@1[1,3) 어를@2[2,4)'],
  ['standard', '한국어'.normalize('NFD'), '한국@0[0,6) 국어@1[3,8)'],
  ['standard', 'नमस्ते', 'नमस्ते@0[0,6)'],
  ['standard', '𝒜b 😀c', 'ab@0[0,3) 😀@1[4,6) c@2[6,7)'],
  ['standard', '❤️ ❤ 👩\u200d💻 🇩🇪🇫🇷 👍🏽', '❤@0[0,2) ❤@1[3,4) 👩💻@2[5,10) 🇩🇪@3[11,15) 🇫🇷@4[15,19) 👍🏽@5[20,24)'],
  ['standard', 'a\ud800b \udc00', 'a@0[0,1) b@1[2,3)'],
  ['standard', '\u0301', ''],
  ['standard', '“a” b', 'a@0[1,2) b@1[4,5)'],
  ['standard', 'ﬁne ＸＪ９００ 5 µm', 'fine@0[0,3) xj900@1[4,9) 5@2[10,11) μm@3[12,14)'],
  ['standard', 'ｻｰﾊﾞｰ サーバー', 'サーバー@0[0,5) サーバー@1[6,10)'],
  ['standard', 'co\u00adoperate', 'cooperate@0[0,10)'],
  [
    'cjk',
    '登录模块 猫 データ 한국어 ไทยนี้',
    '登录@0[0,2) 录模@1[1,3) 模块@2[2,4) 猫@3[5,6) デー@4[7,9) ータ@5[8,10) 한국@6[11,13) 국어@7[12,14) ไทย@8[15,18) นี้@9[18,21)',
  ],
  ['cjk', 'The ｻｰﾊﾞ', 'the@0[0,3) サー@1[4,6) ーバ@2[5,8)'],
  ['simple', 'Éclair Straße', 'éclair@0[0,6) straße@1[7,13)'],
  ['simple', 'Cat', 'cat@0[0,3)'],
  ['keyword', '', ''],
  ['keyword', 'The Cat\ud800', 'The Cat\ufffd@0[0,8)'],
  ['english', 'The cats are Running', 'cat@1[4,8) run@3[13,20)'],
  ['english', "don't", ''],
  ['english', 'the dog’s it’s', 'dog@1[4,9)'],
  ['english', 'Cafés of generals', 'cafe@0[0,5) general@2[9,17)'],
];

for (const [name, text, expected] of rows) {
  test(`analyzerOf: ${name} of ${JSON.stringify(text)}`, () => {
    const tokens: string[] = [];
    analyzerOf(name).analyze(text, (term, position, start, end) => tokens.push(`${term}@${position}[${start},${end})`));
    assert.equal(tokens.join(' '), expected);
  });
}

/** What a piece between two boundaries must hold to be a word, apart from emoji. */
const inWord = /[\p{Alphabetic}\p{Nd}]/u;
const emoji = /^(?:\p{RI}[\p{M}\p{Cf}]*\p{RI}|(?=[\u231a-\u{10ffff}])(?=\p{Emoji})\p{Extended_Pictographic})/u;

/** The pieces of a text that are words by UAX #29, straight from the definition. */
function wordsOf(text: string): string[] {
  const boundaries = wordBoundaries(text);
  const pieces = boundaries.slice(1).map((end, at) => text.slice(boundaries[at], end));
  return pieces.filter((piece) => inWord.test(piece) || emoji.test(piece));
}

/** The same terms, straight from the definition. */
const twins: Readonly<Record<'standard' | 'simple', (text: string) => string[]>> = {
  standard: (text) => wordsOf(text).map(foldWord),
  simple: (text) => wordsOf(text).map((term) => term.toLowerCase()),
};

const pieces =
  'a|B|c9|Zq| | |-|\'|.|,|:|_|’|"|א|\u00e9|é|e\u0301|\u0301|ß|ẞ|ς|Σ|İ|ı|“|😀|❤️|🇩🇪|🇩|👩\u200d💻|𝒜|\ud800|\udc00|한|ते|ﬁ|²|a\u200d|\u00ad|Ǆ|ǆ|Й|٣|\n'.split(
    '|',
  );

for (const [name, twin] of Object.entries(twins)) {
  test(`analyzerOf: ${name} agrees with its definition on any text`, () => {
    for (let seed = 56_000_001; seed <= 56_005_000; seed++) {
      const random = createRandom(seed);
      const text = Array.from({ length: random.integer(0, 12) }, () => random.pick(pieces)).join('');
      const found = termsOf(analyzerOf(name as AnalyzerName), text);
      // Three syllables are cut: not here.
      if (!/한[^]*한[^]*한/.test(text)) assert.deepEqual(found, twin(text), `seed ${seed}: ${JSON.stringify(text)}`);
    }
  });
}

test('analyzerOf: offsets hold the word, positions ascend, terms are well-formed and fit', () => {
  for (let seed = 1; seed <= roundsOf(2000); seed++) {
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
  for (const letter of ['x', '𐐨']) {
    const text = letter.repeat(lengthMax + 1);
    const terms = termsOf(analyzerOf('standard'), text);
    assert.ok(terms.length > 1);
    assert.equal(terms.join(''), text);
    assert.ok(terms.every((term) => term.isWellFormed() && Buffer.byteLength(term) <= limits.termBytesMax));
  }
});

test('foldWord: folding again changes nothing', () => {
  for (let code = 0; code < 0x20000; code++) {
    const folded = foldWord(String.fromCodePoint(code));
    assert.equal(foldWord(folded), folded, code.toString(16));
  }
});
