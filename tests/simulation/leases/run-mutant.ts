/**
 * A process of its own, because modules are changed as they are loaded: simulates schedules with one bug put in until
 * something is violated. Prints the seed that found it, or nothing. Arguments: the mutant's name, the seeds to try.
 */
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { leaseMutants } from './mutants.ts';

const [name, seedsMax] = process.argv.slice(2);
const mutant = leaseMutants.find((each) => each.name === name);
if (mutant === undefined) throw new Error(`no mutant is called ${name}`);
const url = pathToFileURL(fileURLToPath(new URL(`../../../${mutant.file}`, import.meta.url))).href;
let changed = false;

registerHooks({
  load: (loaded, context, nextLoad) => {
    const module = nextLoad(loaded, context);
    if (loaded !== url) return module;
    const source = Buffer.from(module.source as Uint8Array).toString();
    if (!source.includes(mutant.from)) throw new Error(`${mutant.file} does not hold: ${mutant.from}`);
    changed = true;
    return { ...module, source: source.replace(mutant.from, mutant.to) };
  },
});

const { simulateLeases } = await import('./simulate.ts');
if (!changed) throw new Error(`${mutant.file} was not loaded`);
const { foundBy = 1 } = mutant;
for (const seed of [foundBy, ...Array.from({ length: Number(seedsMax) }, (_, i) => i + 1)]) {
  const [violation] = simulateLeases(seed).violations;
  if (violation === undefined) continue;
  process.stdout.write(`seed ${seed}: ${violation}\n`);
  break;
}
