import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerNews } from '../../shared/protocol/reports.ts';
import { nextIncarnation, outdatedBy } from './incarnation.ts';

const draws = 2 ** 21;

test('nextIncarnation: the next life is above every draw of the one before, and exact for four billion starts', () => {
  for (const before of [0, 1, draws - 1, draws, 1_799_999_999_999, 2 ** 52]) {
    const lowest = nextIncarnation(before, () => 0);
    const highest = nextIncarnation(before, () => 1 - Number.EPSILON);
    assert(lowest > before && highest - lowest === draws - 1 && Number.isSafeInteger(highest), `${before}`);
    assert(nextIncarnation(lowest, () => 0) > highest);
  }
});

test('nextIncarnation: two lives of the same count are not the same', () => {
  const numbers = Array.from({ length: 1000 }, () => nextIncarnation(0, Math.random));
  assert(new Set(numbers).size > 990);
});

// Each row: the leaf's own last word, what a root tells, whether the leaf is outdated.
const rows: [name: string, own: string, news: string, expected: boolean][] = [
  ['nothing of itself', 'a5.3', 'b9.9', false],
  ['an older word', 'a5.3', 'a5.2', false],
  ['its own word', 'a5.3', 'a5.3', false],
  ['a later word of the same number', 'a5.3', 'a5.4', true],
  ['a word of a higher number', 'a5.3', 'b1.1 a6.1', true],
  ['a later word of a lower number', 'a5.3', 'a4.9', false],
];

function word(text: string): PeerNews {
  const [, leaf, incarnation, sequence] = /^(\w)(\d+)\.(\d+)$/.exec(text)!;
  return { leaf: leaf!, incarnation: Number(incarnation), sequence: Number(sequence), gone: true };
}

for (const [name, own, news, expected] of rows) {
  test(`outdatedBy: ${name}`, () => {
    assert.equal(outdatedBy(word(own), news.split(' ').map(word)) !== null, expected);
  });
}
