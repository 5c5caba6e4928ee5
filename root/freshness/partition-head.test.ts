import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { PartitionHead } from './partition-head.ts';

function headOf(steps: readonly [offset: number, at: number][]): PartitionHead {
  const head = new PartitionHead();
  for (const [offset, at] of steps) head.heard(offset, at);
  return head;
}

// Each row: what was heard, the replica's offset, since when it is known to lack something; a time, what was known by then.
const rows: [
  name: string,
  steps: [number, number][],
  offset: number,
  since: number | null,
  time: number,
  by: number,
][] = [
  ['nothing was heard', [], -1, null, 100, -1],
  ['an empty replica', [[7, 10]], -1, 10, 9, -1],
  ['the replica is at the head', [[7, 10]], 7, null, 10, 7],
  ['the replica is ahead of what is known', [[7, 10]], 9, null, 11, 7],
  [
    'the first step it lacks counts, not the last',
    [
      [7, 10],
      [9, 20],
      [12, 30],
    ],
    7,
    20,
    29,
    9,
  ],
  [
    'inside a step',
    [
      [7, 10],
      [9, 20],
      [12, 30],
    ],
    8,
    20,
    30,
    12,
  ],
  [
    'the same head again is no step',
    [
      [7, 10],
      [7, 20],
    ],
    6,
    10,
    20,
    7,
  ],
  [
    'an older copy of the log begins anew',
    [
      [7, 10],
      [3, 20],
    ],
    2,
    20,
    15,
    -1,
  ],
];
for (const [name, steps, offset, since, time, by] of rows) {
  test(`PartitionHead: ${name}`, () => {
    const head = headOf(steps);
    assert.deepEqual([head.knownSince(offset), head.knownBy(time)], [since, by]);
  });
}

test('PartitionHead: of many steps none is told as known for less than it is, nor for a quarter more', (t) => {
  const seed = 11;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 60; run++) {
    const head = new PartitionHead();
    const steps: [offset: number, at: number][] = [];
    let offset = -1;
    let now = 0;
    for (let i = random.integer(1, 5000); i > 0; i--) {
      offset += random.integer(1, 50);
      now += 250;
      head.heard(offset, now);
      steps.push([offset, now]);
    }
    assert.equal(head.offset, offset);
    for (let tries = 0; tries < 20; tries++) {
      const asked = random.integer(-1, offset);
      const exact = steps.find(([each]) => each > asked)?.[1] ?? null;
      const told = head.knownSince(asked);
      assert.equal(told === null, exact === null);
      if (told === null || exact === null) continue;
      assert.ok(told <= exact, `${told} is later than ${exact}`);
      const age = now - exact;
      assert.ok(now - told <= age * 1.25 + 500, `told ${now - told} ms of ${age}`);
    }
  }
});
