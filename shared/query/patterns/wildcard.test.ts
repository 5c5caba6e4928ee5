import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../random/random.ts';
import { compileWildcard, matchesWildcard } from './wildcard.ts';
import { roundsOf } from '../../../tests/stages/rounds.ts';

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
  for (let seed = 1; seed <= roundsOf(20_000); seed++) {
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
