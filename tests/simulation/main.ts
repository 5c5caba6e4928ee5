/**
 * `npm run sim -- --seed N --clusters M`: simulates clusters of the seeds N, N + 1, …, or with `--regressions` those of all seeds that
 * have failed; a failing one prints itself.
 */
import { parseArgs } from 'node:util';
import { foundSeeds } from './found-seeds.ts';
import { simulate, type Outcome } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    clusters: { type: 'string', default: '1' },
    /** In place of the seeds from the first on. */
    regressions: { type: 'boolean', default: false },
    /** Stop at the first cluster that fails. */
    first: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});

const seeds = values.regressions
  ? foundSeeds.map(([seed]) => seed)
  : Array.from({ length: Number(values.clusters) }, (_, i) => Number(values.seed) + i);
const startedAt = performance.now();
const sums = { queries: 0, complete: 0, incomplete: 0, 'too low': 0, refused: 0, left: 0, hedges: 0, won: 0 };
let failed = 0;
for (const seed of seeds) {
  const outcome = await simulate(seed, values.trace ? (line) => void process.stdout.write(line) : undefined);
  add(outcome);
  if (seeds.length === 1 || outcome.violations.length > 0) process.stdout.write(`seed ${seed}  ${outcome.hash}\n`);
  if (outcome.violations.length === 0) continue;
  failed++;
  for (const violation of outcome.violations.slice(0, 10)) process.stdout.write(`  ${violation}\n`);
  process.stdout.write(`  replay: npm run sim -- --seed ${seed} --trace\n`);
  if (values.first) break;
}
const seconds = (performance.now() - startedAt) / 1000;
process.stdout.write(
  `${seeds.length} clusters from seed ${seeds[0]} in ${seconds.toFixed(1)} s, ${failed} failed; ${JSON.stringify(sums)}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;

function add({ ends, hedges }: Outcome): void {
  for (const end of ['complete', 'incomplete', 'too low', 'refused', 'left'] as const) {
    sums[end] += ends[end];
    sums.queries += ends[end];
  }
  sums.hedges += hedges.issued;
  sums.won += hedges.won;
}
