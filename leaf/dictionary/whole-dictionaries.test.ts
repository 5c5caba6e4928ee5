/** What is made of whole dictionaries: merged, hashed, counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hash64 } from '../../shared/hashing/hash.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { compareStrings } from '../../shared/ranking/order.ts';
import { atOnce } from '../schedule/steps.ts';
import { countTerms } from './count-terms.ts';
import { dictionaryOf } from './dictionary-of.fixture.ts';
import type { Dictionary } from './dictionary.ts';
import { hashTerms } from './hash-terms.ts';
import { mergeDictionaries } from './merge-dictionaries.ts';

// Some of these sort differently by UTF-16 than by code points, and some are longer than a cursor has room for at first.
const starts = ['a', 'é', '𝒳', '\ue000', '語', '', 'x'.repeat(300), 'x'.repeat(700)];

const wordOf = (random: Random): string => random.pick(starts) + String(random.integer(0, 400));

function randomDocuments(random: Random): string[][] {
  return Array.from({ length: random.pick([0, 1, 5, 60]) }, () =>
    Array.from({ length: random.integer(0, 6) }, () => wordOf(random)),
  );
}

const termsOf = (dictionary: Dictionary): string[] =>
  Array.from({ length: dictionary.size }, (_, ordinal) => dictionary.termAt(ordinal));

test('mergeDictionaries: the places of terms among those of all', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = createRandom(seed);
    const dictionaries = Array.from({ length: random.integer(0, 9) }, () => dictionaryOf(randomDocuments(random)));
    const merged = atOnce(mergeDictionaries(dictionaries, Infinity))!;
    const all = [...new Set(dictionaries.flatMap(termsOf))].sort(compareStrings);
    assert.equal(merged.size, all.length, `seed ${seed}`);
    for (const [i, dictionary] of dictionaries.entries()) {
      const expected = termsOf(dictionary).map((term) => all.indexOf(term));
      assert.deepEqual([...merged.maps[i]!], expected, `seed ${seed}, dictionary ${i}`);
    }
    const found = all.map((_, at) => dictionaries[merged.dictionaries[at]!]!.termAt(merged.ordinals[at]!));
    assert.deepEqual(found, all, `seed ${seed}`);
  }
});

test('mergeDictionaries: not where it would take too much', () => {
  const dictionary = dictionaryOf([['a', 'b', 'c']]);
  assert.equal(atOnce(mergeDictionaries([dictionary, dictionary], 6 * 16 - 1)), null);
  const merged = atOnce(mergeDictionaries([dictionary, dictionary], 6 * 16));
  assert.ok(merged !== null && merged.sizeBytes <= 6 * 16);
});

test('mergeDictionaries: in steps', () => {
  const dictionary = dictionaryOf([Array.from({ length: 2000 }, (_, i) => `t${i}`)]);
  const steps = mergeDictionaries([dictionary, dictionary], Infinity);
  let count = 0;
  while (steps.next().done !== true) count++;
  assert.equal(count, Math.floor(4000 / 256));
});

test('hashTerms and countTerms: as term by term', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = createRandom(seed);
    const documents = randomDocuments(random);
    const dictionary = dictionaryOf(documents);
    const terms = termsOf(dictionary);
    const { hashes } = atOnce(hashTerms(dictionary, Infinity))!;
    const found = terms.map((_, i) => (BigInt(hashes[2 * i]!) << 32n) + BigInt(hashes[2 * i + 1]!));
    assert.deepEqual(found, terms.map(hash64), `seed ${seed}`);
    const counted = atOnce(countTerms(dictionary, Infinity))!;
    const expected = terms.map((term) => documents.filter((values) => values.includes(term)).length);
    assert.deepEqual([...counted.documents], expected, `seed ${seed}`);
  }
});

test('hashTerms and countTerms: not where they would take too much', () => {
  const dictionary = dictionaryOf([['a', 'b', 'c']]);
  assert.equal(atOnce(hashTerms(dictionary, 23)), null);
  assert.equal(atOnce(countTerms(dictionary, 11)), null);
  assert.equal(atOnce(hashTerms(dictionary, 24))?.sizeBytes, 24);
  assert.equal(atOnce(countTerms(dictionary, 12))?.sizeBytes, 12);
});

test('termAt: in any order, between look-ups', () => {
  const terms = Array.from({ length: 100 }, (_, i) => `t${String(i).padStart(3, '0')}`);
  const dictionary = dictionaryOf([terms]);
  const random = createRandom(1);
  for (let i = 0; i < 5000; i++) {
    const ordinal = random.integer(0, 99);
    if (random.chance(0.3)) assert.equal(dictionary.find(terms[ordinal]!), ordinal);
    else if (random.chance(0.1)) assert.equal(dictionary.lowerBound('u'), 100);
    else assert.equal(dictionary.termAt(ordinal), terms[ordinal], `look-up ${i}`);
  }
});
