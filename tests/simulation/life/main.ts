/** `npm run sim:life -- --seed N --clusters M`: simulates clusters of the seeds N, N + 1, …; a failing one prints itself. */
import { parseArgs } from 'node:util';
import { simulateLife } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    clusters: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
const clusters = Number(values.clusters);
const startedAt = performance.now();
let failed = 0;
let changes = 0;
for (let seed = first; seed < first + clusters; seed++) {
  const outcome = await simulateLife(seed, values.trace ? (line) => void process.stdout.write(line) : undefined);
  changes += outcome.changes;
  if (clusters === 1 || outcome.violations.length > 0) process.stdout.write(`seed ${seed}  ${outcome.hash}\n`);
  if (outcome.violations.length === 0) continue;
  failed++;
  for (const violation of outcome.violations.slice(0, 3)) process.stdout.write(`  ${violation}\n`);
  process.stdout.write(`  replay: npm run sim:life -- --seed ${seed} --trace\n`);
}
const seconds = (performance.now() - startedAt) / 1000;
process.stdout.write(
  `${clusters} clusters from seed ${first}, ${changes} changes, in ${seconds.toFixed(1)} s, ${failed} failed\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
