import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sampleBugs } from '../bug-sample.ts';
import { judgeMutants } from './mutants.ts';
import { simulateJudging } from './simulate.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('run-mutant.ts', import.meta.url));
/** Within so many clusters a bug must be found. */
const seedsMax = 100;
/** Of the bugs, unless all are asked for. */
const sampleSize = 4;
const clusters = 12;

test(`judge simulation: ${clusters} clusters judge as the oracle does, and tell it`, async () => {
  const sums = { judged: 0, told: 0, uncertain: 0 };
  for (let seed = 1; seed <= clusters; seed++) {
    const outcome = await simulateJudging(seed);
    assert.deepEqual(outcome.violations, [], `npm run sim:judge -- 1 ${seed} --trace`);
    for (const name of ['judged', 'told', 'uncertain'] as const) sums[name] += outcome[name];
  }
  // A simulation in which nothing goes wrong proves nothing.
  assert.ok(sums.judged > 50 * clusters && sums.uncertain > clusters, JSON.stringify(sums));
});

// Each row: a seed that has failed, and what was found by it.
const found: [seed: number, what: string][] = [
  [
    7,
    'a document that was there before a field, and does not fit it, stopped its partition where the log was read again',
  ],
  [4, 'a leaf that was asked while it was not heard was not asked again, and its outcomes were uncertain'],
  [101, 'a request that was repeated after its index had got a field was told what became of the entries of others'],
];
for (const [seed, what] of found) {
  test(`judge simulation: seed ${seed} keeps every invariant; it failed when ${what}`, async () => {
    assert.deepEqual((await simulateJudging(seed)).violations, [], `npm run sim:judge -- 1 ${seed} --trace`);
  });
}

test('judge simulation: a seed is a run', async () => {
  const [first, second, other] = [await simulateJudging(7), await simulateJudging(7), await simulateJudging(8)];
  assert.equal(first.hash, second.hash);
  assert.notEqual(first.hash, other.hash);
});

const { bugs, told } = sampleBugs(judgeMutants, sampleSize);
for (const { name } of bugs) {
  test(`judge simulation: finds that ${name} (${told})`, async () => {
    const { stdout } = await run(process.execPath, [script, name, String(seedsMax)]);
    assert.match(stdout, /^seed \d+: /, `not found within ${seedsMax} clusters`);
  });
}
