/** The short form of the scaling test; `npm run test:scale` is the long one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportLines } from './scale/report.ts';
import { runScale } from './scale/run.ts';

test('scaling, killing and rolling under load: no query fails or is incomplete, no acknowledged write is lost', async (t) => {
  const say = (line: string): void => t.diagnostic(line);
  const result = await runScale({
    documents: 3000,
    shards: 8,
    leavesMax: 4,
    phaseMsMin: 600,
    isShort: true,
    seed: 1,
    say,
  });
  for (const line of reportLines(result)) say(line);
  assert.deepEqual(
    result.phases.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`)),
    [],
  );
  assert.deepEqual(result.lost, []);
  for (const { name, latenciesMs } of result.phases) assert(latenciesMs.length > 0, `${name}: nothing was asked`);
  assert(result.acknowledged > 10);
});
