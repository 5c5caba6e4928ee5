/** `npm run sim:judge -- SEEDS [first]`: simulates so many clusters that judge; a failing one prints itself. */
import { parseArgs } from 'node:util';
import { simulateJudging } from './simulate.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { trace: { type: 'boolean', default: false } },
});

const seeds = Number(positionals[0] ?? 100);
const first = Number(positionals[1] ?? 1);
const startedAt = performance.now();
const sums = { judged: 0, told: 0, uncertain: 0 };
let failed = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const outcome = await simulateJudging(seed, values.trace ? (line) => void process.stdout.write(line) : undefined);
  for (const name of ['judged', 'told', 'uncertain'] as const) sums[name] += outcome[name];
  if (seeds === 1 || outcome.violations.length > 0) process.stdout.write(`seed ${seed}  ${outcome.hash}\n`);
  if (outcome.violations.length === 0) continue;
  failed++;
  for (const violation of outcome.violations.slice(0, 3)) process.stdout.write(`  ${violation}\n`);
  process.stdout.write(`  replay: npm run sim:judge -- 1 ${seed} --trace\n`);
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
process.stdout.write(
  `${seeds} clusters from seed ${first} in ${seconds} s, ${failed} failed; ${JSON.stringify(sums)}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
