import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outcomes } from '../keys/outcomes.ts';
import { outcomesRun } from './outcomes-run.ts';

test('outcomesRun: what is remembered is told in the order in which it was wanted, what is not is left out', () => {
  const outcomes = new Outcomes(10);
  outcomes.add(3, { result: 'created', version: 1, sequence: 3 });
  outcomes.add(8, { result: 'updated', version: 2, sequence: 8 });
  const none = new Outcomes(10);
  const task = {
    kind: 'outcomes',
    index: 'x0',
    shards: [1, 2, 4],
    remainingMs: 9,
    wanted: { 1: [8, 5, 3], 2: [3] },
  } as const;
  const shards = [
    { shard: 1, snapshot: { outcomes } },
    { shard: 2, snapshot: { outcomes: none } },
    { shard: 4, snapshot: { outcomes } },
  ];
  const run = outcomesRun(task, shards);
  assert.equal(run.step(1), true);
  assert.deepEqual(run.result(), {
    own: {
      kind: 'outcomes',
      found: {
        1: [
          [8, 'updated', 2, 8],
          [3, 'created', 1, 3],
        ],
        2: [],
        4: [],
      },
    },
    body: [],
  });
});
