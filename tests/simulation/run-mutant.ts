/**
 * A process of its own, because modules are changed as they are loaded: simulates clusters with one bug put in until an
 * invariant breaks. Prints the seed that found it, or nothing. Arguments: the mutant's name, the seeds to try.
 */
import { mutants } from './mutants.ts';
import { plantBug } from './plant-bug.ts';

const [name, seedsMax] = process.argv.slice(2);
const { mutant, requireLoaded } = plantBug(mutants, name);

const { simulate } = await import('./simulate.ts');
requireLoaded();
const { foundBy = 1 } = mutant;
for (const seed of [foundBy, ...Array.from({ length: Number(seedsMax) }, (_, i) => i + 1)]) {
  const violation = await firstViolation(seed);
  if (violation === undefined) continue;
  process.stdout.write(`seed ${seed}: ${violation}\n`);
  process.exit();
}

/** A bug may crash the run, which finds it as well. */
async function firstViolation(seed: number): Promise<string | undefined> {
  process.once('uncaughtException', (error) => {
    process.stdout.write(`seed ${seed}: ${error.message}\n`);
    process.exit();
  });
  try {
    return (await simulate(seed)).violations[0];
  } catch (error) {
    return (error as Error).message;
  } finally {
    process.removeAllListeners('uncaughtException');
  }
}
