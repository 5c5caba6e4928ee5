import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { atOnce } from '../schedule/steps.ts';
import { expandFuzzy } from './expand-fuzzy.ts';
import { expandWildcard } from './expand-wildcard.ts';
import { FuzzyCache } from './fuzzy-cache.ts';
import { OrdinalSet } from './ordinal-set.ts';

/** A segment with the words `a0`, `a1`, … */
function dictionaryOf(words: number): Dictionary {
  const text = Array.from({ length: words }, (_, i) => `a${i}`).join(' ');
  const source = Buffer.from(JSON.stringify({ t: text }));
  const segment = openSegment(
    buildSegment([{ name: 't', path: 't', kind: 'text' }], [{ key: 'k', offset: 0, source }]),
  );
  const field = segment.fieldsByName.get('t');
  assert.ok(field?.kind === 'text');
  return field.dictionary;
}

test('expandWildcard: terms of all that begin so', () => {
  const dictionary = dictionaryOf(2000);
  const found = [...atOnce(expandWildcard(dictionary, 'a1*9'))];
  const words = Array.from({ length: 2000 }, (_, i) => `a${i}`).filter((word) => /^a1.*9$/.test(word));
  assert.deepEqual(
    found.map((ordinal) => dictionary.termAt(ordinal)),
    words.sort((a, b) => (a < b ? -1 : 1)),
  );
});

test('expandWildcard: however many terms match, no step takes long', () => {
  const dictionary = dictionaryOf(50_000);
  const steps = expandWildcard(dictionary, 'a*');
  let count = 0;
  for (let step = steps.next(); ; step = steps.next(), count++) {
    if (step.done === true) {
      assert.equal([...step.value].length, 50_000);
      break;
    }
    assert.ok(step.value < 128, String(step.value));
  }
  assert.ok(count > 10, String(count));
});

test('expandFuzzy: terms by their distance', () => {
  const dictionary = dictionaryOf(120);
  const word = { term: 'a11', edits: 1, prefixLength: 1 } as const;
  const found = atOnce(expandFuzzy(dictionary, word, new FuzzyCache()));
  const words = found.map((ordinals) => [...ordinals].map((ordinal) => dictionary.termAt(ordinal)));
  assert.deepEqual(words[0], ['a11']);
  const near = ['a1', 'a10', 'a12', 'a13', 'a14', 'a15', 'a16', 'a17', 'a18', 'a19', 'a101', 'a21', 'a31', 'a41'];
  const further = ['a51', 'a61', 'a71', 'a81', 'a91', ...Array.from({ length: 10 }, (_, i) => `a11${i}`)];
  assert.deepEqual(
    words[1],
    [...near, ...further].sort((a, b) => (a < b ? -1 : 1)),
  );
});

test('OrdinalSet: gives what was added, few or many', () => {
  for (const count of [0, 1, 1024, 1025, 5000]) {
    const set = new OrdinalSet(7, 20_007);
    const ordinals = Array.from({ length: count }, (_, i) => 7 + i * 4);
    for (const ordinal of ordinals) set.add(ordinal);
    assert.deepEqual([...set], ordinals);
    assert.deepEqual([set.size, set.isSmall], [count, count <= 1024]);
  }
});

test('expandFuzzy: a word asked for again costs nothing, another one does, and what is kept is bounded', () => {
  const dictionary = dictionaryOf(5000);
  const cache = new FuzzyCache();
  const stepsOf = (term: string): number => {
    let count = 0;
    const steps = expandFuzzy(dictionary, { term, edits: 1, prefixLength: 0 }, cache);
    while (steps.next().done !== true) count++;
    return count;
  };
  assert.ok(stepsOf('a11') > 0);
  assert.equal(stepsOf('a11'), 0);
  for (let i = 0; i < 32; i++) assert.ok(stepsOf(`a2${i}`) > 0);
  assert.ok(stepsOf('a11') > 0);
});
