import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { EditDistance } from './edit-distance.ts';
import { expandFuzzy, expandWildcard, fuzzySteps, wildcardSteps } from './expand.ts';
import { OrdinalSet } from './ordinal-set.ts';
import { compileWildcard, matchesWildcard } from './wildcard.ts';

function matches(pattern: string, term: string): boolean {
  const bytes = Buffer.from(term);
  return matchesWildcard(compileWildcard(pattern), bytes, bytes.length);
}

/** The same by a regular expression. */
function twin(pattern: string): RegExp {
  const pieces = pattern.replaceAll(/\\(.)|([*?])|./gsu, (piece, escaped?: string, wild?: string) => {
    if (wild !== undefined) return wild === '*' ? '.*' : '.';
    return `\\u{${(escaped ?? piece).codePointAt(0)!.toString(16)}}`;
  });
  return new RegExp(`^${pieces}$`, 'su');
}

test('matchesWildcard: agrees with a regular expression', () => {
  const characters = ['a', 'b', 'é', '𝒳', '*', '?', '*', '\\*', '\\?', '\\\\', '\\a'];
  for (let seed = 1; seed <= 20_000; seed++) {
    const random = createRandom(seed);
    const pattern = Array.from({ length: random.integer(0, 6) }, () => random.pick(characters)).join('');
    const term = Array.from({ length: random.integer(0, 6) }, () =>
      random.pick(['a', 'b', 'é', '𝒳', '*', '?', '\\']),
    ).join('');
    assert.equal(matches(pattern, term), twin(pattern).test(term), `seed ${seed}: ${pattern} on ${term}`);
  }
});

test('compileWildcard: what every match begins with', () => {
  const rows: [pattern: string, prefix: string][] = [
    ['', ''],
    ['abc', 'abc'],
    ['ab*c', 'ab'],
    ['é?', 'é'],
    ['\\*a*', '*a'],
    ['*a', ''],
  ];
  for (const [pattern, prefix] of rows) assert.equal(compileWildcard(pattern).prefix, prefix, pattern);
});

test('matchesWildcard: a pattern made to explode does not', () => {
  assert.equal(matches(`${'*a'.repeat(120)}b`, 'a'.repeat(8000)), false);
});

/** Optimal string alignment, from its definition. */
function distanceOf(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const [restA, restB] = [a.slice(0, -1), b.slice(0, -1)];
  const same = a.at(-1) === b.at(-1) ? 0 : 1;
  let least = Math.min(distanceOf(restA, restB) + same, distanceOf(restA, b) + 1, distanceOf(a, restB) + 1);
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    least = Math.min(least, distanceOf(restA.slice(0, -1), restB.slice(0, -1)) + 1);
  }
  return least;
}

test('EditDistance: agrees with its definition, whatever words came before', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = createRandom(seed);
    const word = (): string[] => Array.from({ length: random.integer(0, 5) }, () => random.pick(['a', 'b', '𝒳']));
    const edits = random.integer(0, 2);
    const wanted = word();
    const distance = new EditDistance(wanted.join(''), edits);
    const others = Array.from({ length: 20 }, word);
    others.sort((a, b) => (a.join('') < b.join('') ? -1 : 1));
    for (const other of others) {
      const codes = Uint32Array.from(other, (character) => character.codePointAt(0)!);
      const expected = Math.min(distanceOf(wanted, other), edits + 1);
      assert.equal(distance.to(codes, codes.length), expected, `seed ${seed}: ${wanted.join('')} ${other.join('')}`);
    }
  }
});

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
  const found = expandWildcard(dictionary, { kind: 'wildcard', field: 't', pattern: 'a1*9' });
  const words = Array.from({ length: 2000 }, (_, i) => `a${i}`).filter((word) => /^a1.*9$/.test(word));
  assert.deepEqual(
    found.map((ordinal) => dictionary.termAt(ordinal)),
    words.sort((a, b) => (a < b ? -1 : 1)),
  );
});

test('wildcardSteps: however many terms match, no step takes long', () => {
  const dictionary = dictionaryOf(50_000);
  const steps = wildcardSteps(dictionary, { kind: 'wildcard', field: 't', pattern: 'a*' });
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
  const query = { kind: 'fuzzy', field: 't', term: 'a11', edits: 1, prefixLength: 1 } as const;
  const words = expandFuzzy(dictionary, query).map((ordinals) => ordinals.map((ordinal) => dictionary.termAt(ordinal)));
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
    assert.deepEqual([set.isEmpty, set.isSmall], [count === 0, count <= 1024]);
  }
});

test('fuzzySteps: a word asked for again costs nothing, another one does, and what is kept is bounded', () => {
  const dictionary = dictionaryOf(5000);
  const stepsOf = (term: string): number => {
    let count = 0;
    const steps = fuzzySteps(dictionary, { kind: 'fuzzy', field: 't', term, edits: 1, prefixLength: 0 });
    while (steps.next().done !== true) count++;
    return count;
  };
  assert.ok(stepsOf('a11') > 0);
  assert.equal(stepsOf('a11'), 0);
  for (let i = 0; i < 32; i++) assert.ok(stepsOf(`a2${i}`) > 0);
  assert.ok(stepsOf('a11') > 0);
});
