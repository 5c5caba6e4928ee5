/**
 * A process of its own, because modules are changed as they are loaded: simulates clusters with one bug put in until
 * something is violated. Prints the seed that found it, or nothing. Arguments: the mutant's name, the seeds to try.
 */
import { judgeMutants } from './mutants.ts';
import { plantBug } from '../plant-bug.ts';

const [name, seedsMax] = process.argv.slice(2);
const { mutant, requireLoaded } = plantBug(judgeMutants, name);

const { simulateJudging } = await import('./simulate.ts');
requireLoaded();
const { foundBy = 1 } = mutant;
for (const seed of [foundBy, ...Array.from({ length: Number(seedsMax) }, (_, i) => i + 1)]) {
  const [violation] = (await simulateJudging(seed)).violations;
  if (violation === undefined) continue;
  process.stdout.write(`seed ${seed}: ${violation}\n`);
  break;
}
