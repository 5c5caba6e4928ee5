import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import type { SortKey } from '../../shared/ranking/order.ts';
import { bestMatches } from './best-matches.ts';

const byScore: SortKey = { by: 'score', descending: true };
const lowest: SortKey = { by: 'score', descending: false };
const newest: SortKey = { by: 'position', descending: true };

// Each row: scores of the ordinals 10, 11, 12, …, how many are wanted, the sort keys, the ordinals that come.
const rows: [name: string, scores: number[], k: number, sort: SortKey[], expected: number[]][] = [
  ['no match', [], 3, [byScore], []],
  ['none wanted', [1, 2], 0, [byScore], []],
  ['fewer than wanted', [1, 3, 2], 5, [byScore], [11, 12, 10]],
  ['ties go to the lower ordinal', [1, 2, 2, 2], 2, [byScore], [11, 12]],
  ['the worst first', [3, 1, 2], 2, [lowest], [11, 12]],
  ['the latest first', [1, 1, 1], 2, [newest], [12, 11]],
  ['ties go to the latest', [1, 2, 2, 1], 3, [byScore, newest], [12, 11, 13]],
];
for (const [name, scores, k, sort, expected] of rows) {
  test(`bestMatches: ${name}`, () => {
    const ordinals = Uint32Array.from(scores, (_, i) => 10 + i);
    const found = bestMatches(ordinals, Float64Array.from(scores), { k, sort });
    assert.deepEqual(
      found.map(({ ordinal }) => ordinal),
      expected,
    );
  });
}

test('bestMatches: the first of all matches sorted', () => {
  const seed = 612;
  const random = createRandom(seed);
  for (let round = 0; round < 100; round++) {
    const count = random.integer(0, 200);
    const scores = Float64Array.from({ length: count }, () => random.integer(0, 20));
    const ordinals = Uint32Array.from({ length: count }, (_, i) => 3 * i);
    const k = random.integer(0, 60);
    const all = [...ordinals.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, k);
    const expected = all.map((place) => ({ ordinal: 3 * place, score: scores[place]! }));
    assert.deepEqual(bestMatches(ordinals, scores, { k, sort: [byScore] }), expected, `seed ${seed}, round ${round}`);
  }
});
