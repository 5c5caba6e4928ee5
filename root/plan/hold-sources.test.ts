import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { holdNothing, sourcesOfTask, usualHolding, type Holding } from './hold-sources.ts';

const noMargin: Holding = { ...holdNothing, hitsMin: 1, deviations: 0 };

// Each row: page, share of the task, how sources are held back, the ranks whose sources are asked for; `all` of them.
const rows: [name: string, page: [number, number], share: number, holding: Holding, expected: string][] = [
  ['too few hits to save anything', [0, 19], 1 / 8, usualHolding, 'all'],
  ['one task', [0, 100], 1, usualHolding, 'all'],
  ['eight tasks: 12.5, three times 3.3, two', [0, 100], 1 / 8, usualHolding, '0-25'],
  ['half of the shards: 50, 15, 2', [0, 100], 1 / 2, usualHolding, '0-67'],
  ['nearly all of the shards', [0, 100], 15 / 16, usualHolding, 'all'],
  ['few hits of few tasks', [0, 20], 1 / 2, usualHolding, '0-19'],
  ['not the first page: 12.5 less 12, 25 more 17', [100, 200], 1 / 8, usualHolding, '0-42'],
  ['a large page, not as far down as it is long', [500, 1100], 1 / 8, usualHolding, '38-173'],
  ['a page far down is fetched', [101, 111], 1 / 8, usualHolding, '0-0'],
  ['the same of one task', [101, 111], 1, usualHolding, '101-111'],
  ['a page far down of one task has its own ranks', [1000, 1010], 1, usualHolding, '1000-1010'],
  ['no margin: the average', [0, 100], 1 / 8, noMargin, '0-13'],
  ['the plain form', [0, 10_000], 1 / 8, holdNothing, 'all'],
];
for (const [name, [from, until], share, holding, expected] of rows) {
  test(`sourcesOfTask: ${name}`, () => {
    const ranks = sourcesOfTask({ from, until }, share, holding);
    assert.equal(ranks === null ? 'all' : `${ranks.from}-${ranks.until}`, expected);
  });
}

test('sourcesOfTask: with the usual margin few searches have to fetch', (t) => {
  const seed = 1;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const searches = 2000;
  for (const tasks of [2, 8, 32]) {
    for (const hits of [20, 100, 1000]) {
      const { until } = sourcesOfTask({ from: 0, until: hits }, 1 / tasks, usualHolding) ?? { until: hits };
      let fetching = 0;
      for (let search = 0; search < searches; search++) {
        const winners = Array.from({ length: tasks }, () => 0);
        for (let hit = 0; hit < hits; hit++) winners[random.integer(0, tasks - 1)]!++;
        if (winners.some((count) => count > until)) fetching++;
      }
      t.diagnostic(`${tasks} tasks, ${hits} hits: ${until} of each, ${fetching} of ${searches} fetch`);
      assert.ok(fetching / searches < 0.02, `${tasks} tasks, ${hits} hits: ${fetching} of ${searches}`);
    }
  }
});
