/**
 * Simulates clusters of the seeds that it is given until one breaks an invariant or crashes, which it ends with 1 for. Writes each
 * seed before it is tried.
 */
import { simulate } from '../simulation/simulate.ts';

for (const seed of process.argv.slice(2)) {
  process.stdout.write(`${seed}\n`);
  const { violations } = await simulate(Number(seed));
  if (violations.length > 0) process.exit(1);
}
