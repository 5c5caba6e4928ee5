/** `npm run sim:leases -- --seed N --schedules M`: simulates the seeds N, N + 1, …; a failing one prints itself. */
import { parseArgs } from 'node:util';
import { simulateLeases } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    schedules: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
const schedules = Number(values.schedules);
const startedAt = performance.now();
let failed = 0;
let writes = 0;
let trimmed = 0;
for (let seed = first; seed < first + schedules; seed++) {
  const outcome = simulateLeases(seed, values.trace ? (line) => void process.stdout.write(line) : undefined);
  writes += outcome.writes;
  trimmed += outcome.checkpoints;
  if (outcome.violations.length === 0) continue;
  failed++;
  process.stdout.write(`seed ${seed}\n`);
  for (const violation of outcome.violations.slice(0, 3)) process.stdout.write(`  ${violation}\n`);
  process.stdout.write(`  replay: npm run sim:leases -- --seed ${seed} --trace\n`);
}
const seconds = (performance.now() - startedAt) / 1000;
process.stdout.write(
  `${schedules} schedules from seed ${first}, ${writes} changes, ${trimmed} trimmed, in ${seconds.toFixed(1)} s, ${failed} failed\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
