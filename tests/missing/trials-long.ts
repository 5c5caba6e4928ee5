/** `npm run test:missing -- [trials] [seed]`: drops shards from many collections, and prints how often the truth was where it should be. */
import { runTrial, type Tallies } from './trials.ts';

const [trials = 2000, seed = 1] = process.argv.slice(2).map(Number);
const tallies: Tallies = new Map();
for (let trial = 0; trial < trials; trial++) {
  try {
    runTrial(seed + trial, tallies);
  } catch (error) {
    process.stderr.write(`seed ${seed + trial}\n`);
    throw error;
  }
}

const share = (part: number, of: number): string => (of === 0 ? '' : (part / of).toFixed(4));
const rows = [...tallies].map(([name, tally]) => [
  name,
  tally.bounded,
  tally.closed,
  tally.estimated,
  share(tally.covered, tally.estimated),
  share(tally.width, tally.widthKnown),
  tally.frequent,
  share(tally.frequentCovered, tally.frequent),
  share(tally.frequentWidth, tally.frequentWidthKnown),
]);
const heads = ['class', 'bounds', 'closed', 'estimates', 'covered', 'width', 'over 100', 'covered', 'width'];
process.stdout.write(`${trials} trials from seed ${seed}; every bound held\n`);
for (const row of [heads, ...rows]) {
  process.stdout.write(
    `${String(row[0]).padEnd(24)}${row
      .slice(1)
      .map((cell) => String(cell).padStart(10))
      .join('')}\n`,
  );
}
