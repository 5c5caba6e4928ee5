import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sampleBugs } from '../bug-sample.ts';
import { lifeMutants } from './mutants.ts';
import { simulateLife } from './simulate.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('run-mutant.ts', import.meta.url));
/** Within so many clusters a bug must be found. */
const seedsMax = 100;
/** Of the bugs, unless all are asked for. */
const sampleSize = 4;
const clusters = 12;

test('life simulation: no planned change leaves a shard without an answer, and everything settles', async () => {
  for (let seed = 1; seed <= clusters; seed++) {
    const { violations } = await simulateLife(seed);
    assert.deepEqual(violations, [], `npm run sim:life -- --seed ${seed} --trace`);
  }
});

test('life simulation: a seed is a run', async () => {
  const [first, second, other] = [await simulateLife(7), await simulateLife(7), await simulateLife(8)];
  assert.equal(first.hash, second.hash);
  assert.notEqual(first.hash, other.hash);
});

const { bugs, told } = sampleBugs(lifeMutants, sampleSize);
for (const { name } of bugs) {
  test(`life simulation: finds that ${name} (${told})`, async () => {
    const { stdout } = await run(process.execPath, [script, name, String(seedsMax)]);
    assert.match(stdout, /^seed \d+: /, `not found within ${seedsMax} seeds`);
  });
}
