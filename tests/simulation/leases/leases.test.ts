import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sampleBugs } from '../bug-sample.ts';
import { leaseMutants } from './mutants.ts';
import { simulateLeases } from './simulate.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('run-mutant.ts', import.meta.url));
/** Within so many schedules a bug must be found. */
const seedsMax = 400;
/** Of the bugs, unless all are asked for. */
const sampleSize = 4;
const schedules = 500;
const firstSeed = 53_000;

test(`lease simulation: of ${schedules} schedules none breaks what must hold (from seed ${firstSeed})`, () => {
  let writes = 0;
  for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
    const outcome = simulateLeases(seed);
    assert.deepEqual(outcome.violations, [], `npm run sim:leases -- --seed ${seed} --trace`);
    writes += outcome.writes;
  }
  assert.ok(writes > 10 * schedules, `only ${writes} changes counted`);
});

test('lease simulation: a seed is a run', () => {
  const traceOf = (seed: number): string => {
    const lines: string[] = [];
    simulateLeases(seed, (line) => void lines.push(line));
    return lines.join('');
  };
  assert.equal(traceOf(7), traceOf(7));
  assert.notEqual(traceOf(7), traceOf(8));
});

const { bugs, told } = sampleBugs(leaseMutants, sampleSize);
for (const { name } of bugs) {
  test(`lease simulation: finds that ${name} (${told})`, async () => {
    const { stdout } = await run(process.execPath, [script, name, String(seedsMax)]);
    assert.match(stdout, /^seed \d+: /, `not found within ${seedsMax} schedules`);
  });
}
