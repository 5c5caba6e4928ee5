/**
 * A process of its own, because modules are changed as they are loaded: simulates the life of replicas with one bug put in
 * until something is violated. Prints the seed that found it, or nothing. Arguments: the mutant's name, the seeds to try.
 */
import { lifeMutants } from './mutants.ts';
import { plantBug } from '../plant-bug.ts';

const [name, seedsMax] = process.argv.slice(2);
const { requireLoaded } = plantBug(lifeMutants, name);

const { simulateLife } = await import('./simulate.ts');
requireLoaded();
for (let seed = 1; seed <= Number(seedsMax); seed++) {
  const [violation] = (await simulateLife(seed)).violations;
  if (violation === undefined) continue;
  process.stdout.write(`seed ${seed}: ${violation}\n`);
  break;
}
