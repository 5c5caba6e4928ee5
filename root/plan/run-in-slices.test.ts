import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeThread } from './thread.fixture.ts';
import { inTime, runInSlices } from './run-in-slices.ts';

function* work(steps: number): Generator<void, string, undefined> {
  for (let step = 0; step < steps; step++) yield;
  return 'done';
}

const reason = 'it takes long';
const { signal } = new AbortController();

// Each row: steps of a tenth of a millisecond, the turns that others have meanwhile: one for each full millisecond.
const rows: [steps: number, turns: number][] = [
  [0, 0],
  [5, 0],
  [9, 0],
  [11, 1],
  [100, 9],
  [1000, 90],
];
for (const [steps, turns] of rows) {
  test(`runInSlices: ${steps} steps are done in ${turns + 1} slices`, async () => {
    const thread = makeThread();
    const timing = { ...inTime({ arrivedAt: 0, timeoutMs: 1000 }, reason), signal };
    assert.equal(await runInSlices(thread, work(steps), timing), 'done');
    assert.ok(Math.abs(thread.turns() - turns) <= 1 + turns / 10, `${thread.turns()} turns`);
  });
}

test('runInSlices: what cannot be done in time is refused, and not gone on with', async () => {
  const thread = makeThread();
  let steps = 0;
  function* endless(): Generator<void, never, undefined> {
    for (;;) {
      steps++;
      yield;
    }
  }
  const running = runInSlices(thread, endless(), { ...inTime({ arrivedAt: 0, timeoutMs: 5 }, reason), signal });
  await assert.rejects(running, { code: 'OVERLOADED', detail: { timeoutMs: 5, reason } });
  assert.ok(thread.turns() <= 6, `${thread.turns()} turns`);
  assert.ok(steps <= 60, `${steps} steps`);
});

test('runInSlices: a caller that leaves ends it', async () => {
  const left = new Error('left');
  const timing = { ...inTime({ arrivedAt: 0, timeoutMs: 1000 }, reason), signal: AbortSignal.abort(left) };
  await assert.rejects(runInSlices(makeThread(), work(1000), timing), left);
});

test('runInSlices: what the work throws is thrown', async () => {
  function* failing(): Generator<void, never, undefined> {
    yield;
    throw new Error('wrong');
  }
  const timing = { ...inTime({ arrivedAt: 0, timeoutMs: 1000 }, reason), signal };
  await assert.rejects(runInSlices(makeThread(), failing(), timing), /wrong/);
});
