/** `npm run test:accuracy -- [counts] [seed]`: lists of terms at each accuracy over random collections, held to the truth. */
import { runTrial, type Tallies } from './trials.ts';

const [counts = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const tallies: Tallies = new Map();
const looked = (): number => tallies.values().reduce((sum, tally) => sum + tally.counts, 0);
let trials = 0;
for (; looked() < counts; trials++) {
  try {
    await runTrial(seed + trials, tallies);
  } catch (error) {
    process.stderr.write(`seed ${seed + trials}\n`);
    throw error;
  }
}

const heads = [
  'distribution, accuracy',
  'lists',
  'counts',
  'rounds',
  'at most',
  'bytes a list',
  'fast',
  'bounded',
  'exact',
];
const rows = [...tallies]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, { lists, counts: own, rounds, roundsMost, bytes, reached }]) => [
    name,
    lists,
    own,
    (rounds / lists).toFixed(2),
    roundsMost,
    Math.round(bytes / lists),
    reached.fast,
    reached.bounded,
    reached.exact,
  ]);
process.stdout.write(`${looked()} counts in ${trials} collections from seed ${seed}; every interval held\n`);
for (const [name, ...cells] of [heads, ...rows]) {
  process.stdout.write(`${String(name).padEnd(40)}${cells.map((cell) => String(cell).padStart(13)).join('')}\n`);
}
