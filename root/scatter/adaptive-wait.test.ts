import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { waitOn, type AdaptiveWait } from './adaptive-wait.ts';

// Each row: shards asked, the minimum, answers as count@time, the end of the wait with a deadline at 1000.
const rows: [name: string, asked: number, min: number, answers: [answered: number, at: number][], until: number][] = [
  ['everything is wanted', 10, 1, [[9, 100]], 1000],
  ['too few yet', 10, 0.8, [[7, 100]], 1000],
  ['the minimum: as many miss as may', 10, 0.8, [[8, 100]], 1000],
  ['one is missing: a tenth of what was left', 10, 0.8, [[9, 100]], 190],
  [
    'what was left at the minimum counts',
    10,
    0.8,
    [
      [8, 100],
      [9, 500],
    ],
    590,
  ],
  ['in between', 11, 0.5, [[8, 0]], 1000 * (0.1 + (0.9 * 2) / 4.5)],
  ['nothing is required: all the time, as none has answered', 8, 0, [[0, 0]], 1000],
  ['one shard in all', 1, 0, [[0, 0]], 100],
];
for (const [name, asked, min, answers, until] of rows) {
  test(`adaptive wait: ${name}`, () => {
    let wait: AdaptiveWait = { until: 1000, leftMsAtMin: undefined };
    for (const [answered, at] of answers) wait = waitOn(wait, { asked, min }, answered, at);
    assert.ok(Math.abs(wait.until - until) < 1e-9, `${wait.until}`);
  });
}

test('adaptive wait: never longer than before, never before now, never past the deadline', (t) => {
  const seed = 31;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 1000; run++) {
    const goal = { asked: random.integer(1, 40), min: random.next() };
    let wait: AdaptiveWait = { until: 1000, leftMsAtMin: undefined };
    let now = 0;
    for (let answered = 0; answered <= goal.asked && now < wait.until; answered += random.integer(1, 5)) {
      const after = waitOn(wait, goal, answered, now);
      assert.ok(after.until <= wait.until && after.until >= now);
      wait = after;
      now += random.integer(0, 200);
    }
  }
});
