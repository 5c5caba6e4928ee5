import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { fitterOf, overlap } from './pattern.ts';

// Each row: a pattern, names that fit, names that do not.
const rows: [pattern: string, fits: string, not: string][] = [
  ['logs', 'logs', 'log logs- xlogs'],
  ['logs-*', 'logs- logs-1 logs-*', 'logs alogs-1'],
  ['*', 'a logs', ''],
  ['a*b', 'ab aab abb', 'a b ba abc'],
  ['aa*aa', 'aaaa aabaa', 'aa aaa'],
  ['*a*b*', 'ab xaybz', 'ba'],
];
for (const [pattern, fits, not] of rows) {
  test(`fitterOf: ${pattern}`, () => {
    const fitting = `${fits} ${not}`.trim().split(' ').filter(fitterOf(pattern));
    assert.equal(fitting.join(' '), fits);
  });
}

const seed = 20261129;

test(`overlap: is as the texts of up to 7 characters say, by regular expressions (seed ${seed})`, () => {
  const texts: string[] = [''];
  for (let at = 0; texts[at]!.length < 7; at++) texts.push(`${texts[at]}a`, `${texts[at]}b`);
  const random = createRandom(seed);
  // Two of these fit a text of 7 where they fit any: two beginnings, two ends and four pieces of one character at most.
  const draw = () => Array.from({ length: random.integer(1, 3) }, () => random.pick(['a', 'b', '*'])).join('');
  const slow = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
  let both = 0;
  for (let round = 0; round < 300; round++) {
    const [one, other] = [draw(), draw()];
    const expected = texts.some((text) => slow(one).test(text) && slow(other).test(text));
    assert.equal(overlap(one, other), expected, `${one} and ${other}`);
    if (expected) both++;
  }
  assert.ok(both > 50 && both < 250, `${both} of 300`);
});
