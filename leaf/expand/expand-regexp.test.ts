import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRegexp } from '../../shared/query/patterns/regexp/compile-regexp.ts';
import type { Dfa } from '../../shared/query/patterns/regexp/dfa.ts';
import { regexpOperators } from '../../shared/query/patterns/regexp/parse-regexp.ts';
import { naiveMatches, randomTree, write } from '../../shared/query/patterns/regexp/random-regexp.fixture.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { atOnce } from '../schedule/steps.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { expandRegexp } from './expand-regexp.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

function compile(pattern: string): Dfa {
  return compileRegexp({ pattern, operators: regexpOperators, isCaseInsensitive: false }, 10_000);
}

/** Of the values of a keyword field. */
function dictionaryOf(terms: readonly string[]): Dictionary {
  const source = Buffer.from(JSON.stringify({ t: terms }));
  const segment = openSegment(
    buildSegment([{ name: 't', path: 't', kind: 'keyword' }], [{ key: 'k', offset: 0, source }]),
  );
  const field = segment.fieldsByName.get('t');
  assert.ok(field?.kind === 'keyword');
  return field.dictionary;
}

function termsOf(dictionary: Dictionary, pattern: string): string[] {
  return [...atOnce(expandRegexp(dictionary, compile(pattern)))].map((ordinal) => dictionary.termAt(ordinal));
}

function randomTerms(seed: number, count: number): string[] {
  const random = createRandom(seed);
  const letters = ['a', 'b', '0', '1', '.', 'é', '𝒳', '\ud7ff', '\ue000', '語'];
  return Array.from({ length: count }, () =>
    Array.from({ length: random.integer(0, 6) }, () => random.pick(letters)).join(''),
  );
}

test('expandRegexp: the terms that match, whatever came before them', () => {
  for (let round = 1; round <= roundsOf(20); round++) {
    const terms = randomTerms(round, 600);
    const dictionary = dictionaryOf(terms);
    const all = Array.from({ length: dictionary.size }, (_, ordinal) => dictionary.termAt(ordinal));
    for (let seed = round * 100; seed < round * 100 + 40; seed++) {
      const tree = randomTree(createRandom(seed), 3, false);
      const expected = all.filter((term) => naiveMatches(tree, term));
      assert.deepEqual(termsOf(dictionary, write(tree)), expected, `seed ${seed}: ${write(tree)}`);
    }
  }
});

const numbers = Array.from({ length: 50_000 }, (_, i) => `${'abcdefgh'[i % 8]}${i}`);

// Each row: a pattern, the same to JavaScript.
const rows: [pattern: string, same: RegExp][] = [
  ['a.*', /^a.*$/],
  ['h1<600-799>', /^h1[67]..$/],
  ['[ceg].*9', /^[ceg].*9$/],
  ['.*7', /^.*7$/],
  ['b1(0|5)+1', /^b1(0|5)+1$/],
  ['#', /^(?!)$/],
  ['x.*', /^x.*$/],
  ['@', /^.*$/],
];
for (const [pattern, same] of rows) {
  test(`expandRegexp: ${pattern} in a dictionary of 50,000 terms`, () => {
    const dictionary = dictionaryOf(numbers);
    const expected = numbers.filter((term) => same.test(term)).sort((a, b) => (a < b ? -1 : 1));
    assert.deepEqual(termsOf(dictionary, pattern), expected);
  });
}

test('expandRegexp: however many terms match, no step takes long', () => {
  const steps = expandRegexp(dictionaryOf(numbers), compile('.*1.*'));
  let count = 0;
  for (let step = steps.next(); step.done !== true; step = steps.next(), count++) {
    assert.ok(step.value < 128, String(step.value));
  }
  assert.ok(count > 10, String(count));
});

// Each row: a pattern, how much of the work of looking at every term it takes at most.
const shares: [pattern: string, shareMax: number][] = [
  ['h1.*', 0.05],
  ['(a1|h1).*', 0.08],
  ['.1.*', 0.3],
  ['.(1|5)0.*x', 0.1],
];
for (const [pattern, shareMax] of shares) {
  test(`expandRegexp: ${pattern} passes over what cannot match`, () => {
    const dictionary = dictionaryOf(numbers);
    const workOf = (other: string): number => {
      let work = 0;
      const steps = expandRegexp(dictionary, compile(other));
      for (let step = steps.next(); step.done !== true; step = steps.next()) work += step.value;
      return work;
    };
    const share = workOf(pattern) / workOf('.*x');
    assert.ok(share <= shareMax, String(share));
  });
}

test('expandRegexp: terms as long as there are', () => {
  const long = 'é'.repeat(4000);
  const dictionary = dictionaryOf([long, `${long}x`, 'é']);
  assert.deepEqual(termsOf(dictionary, 'é*'), ['é', long]);
  assert.deepEqual(termsOf(dictionary, 'é*x'), [`${long}x`]);
});
