import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Evaluation } from './evaluation.ts';
import type { TaskRun } from './task-run.ts';

/** Shards 2, 4, 6, … of as many steps each as given; a result is made of the steps done. */
function steps(shards: readonly number[], made: number[], tick: () => void): TaskRun {
  let [at, inShard, done] = [0, 0, 0];
  return {
    step: () => {
      tick();
      done++;
      if (++inShard >= (shards[at] ?? Infinity)) [at, inShard] = [at + 1, 0];
      return at >= shards.length;
    },
    wholeBelow: () => (at === shards.length ? Infinity : inShard > 0 ? undefined : 2 + at * 2),
    result: () => {
      made.push(done);
      return { own: { kind: 'refresh' }, body: [] };
    },
  };
}

// Each row: steps of each shard, each taking 10 ms, when the time is over; after how many steps results were made, and
// below which shard the last one is whole.
const rows: [name: string, shards: number[], stopAt: number, made: number[], below: number | undefined][] = [
  ['with time enough one result is made, at the end', [1, 1, 1], 1000, [3], Infinity],
  ['towards the end one is made after every shard', [1, 1, 1], 45, [2, 3], Infinity],
  ['time runs out within a shard: those before it count', [1, 1, 9], 50, [2], 6],
  ['a long shard makes the next one feared', [5, 9], 130, [5], 4],
  ['of nothing a result is made too', [], 1000, [1], Infinity],
  ['time runs out within the first shard', [9], 50, [], undefined],
];
for (const [name, shards, stopAt, made, below] of rows) {
  test(`Evaluation: ${name}`, () => {
    let now = 0;
    const results: number[] = [];
    const start = (): TaskRun => steps(shards, results, () => (now += 10));
    const evaluation = new Evaluation({ clock: { now: () => now }, readAt: 0, stopAt, start });
    const isOver = (): boolean => now >= stopAt;
    while (!isOver() && !evaluation.step(1));
    assert.deepEqual(results, made);
    assert.equal(evaluation.evaluated()?.wholeBelow, below);
  });
}

test('Evaluation: time is divided into waiting and working', () => {
  let now = 3;
  const clock = { now: () => now };
  const evaluation = new Evaluation({ clock, readAt: 1, stopAt: 100, start: () => steps([1], [], () => undefined) });
  assert.deepEqual(evaluation.timing(3), { queuedUs: 2000, executedUs: 0 });
  evaluation.step(1);
  now = 7.5;
  assert.deepEqual(evaluation.timing(now), { queuedUs: 2000, executedUs: 4500 });
});
