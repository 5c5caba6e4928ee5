/** Runs an example against a cluster that it starts: `npm run example -- NAME`. */
import { Command, InvalidArgumentError } from 'commander';
import { startCluster, type Cluster } from '../tests/cluster/start.ts';
import { arrivalAverages } from './arrival-averages.ts';
import { countSumHistogram } from './count-sum-histogram.ts';
import { incrementor } from './incrementor.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs with a cluster of two leaves, which is ended whatever happens; faults make the exit code 1. */
async function run(example: (cluster: Cluster) => Promise<{ readonly faults: readonly string[] }>): Promise<void> {
  const cluster = await startCluster({ leaves: 2 });
  try {
    const { faults } = await example(cluster);
    for (const fault of faults) say(`FAULT: ${fault}`);
    say(faults.length === 0 ? 'all is as it should be' : `${faults.length} faults`);
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await cluster.stop();
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

const program = new Command('example').description('Examples of roll-ups: each starts a cluster, and checks itself.');

program
  .command('incrementor')
  .description('count, kill, repeat, and compare the sums with those of the sender')
  .option('--increments <number>', 'in all', whole, 1_000_000)
  .option('--names <number>', 'that are counted', whole, 10_000)
  .option('--connections <number>', 'of the sender', whole, 64)
  .option('--pairs <number>', 'increments of one form', whole, 10)
  .option('--seed <number>', 'of what is drawn at random', whole, 1)
  .action(async (options: { increments: number; names: number; connections: number; pairs: number; seed: number }) => {
    await run(async (cluster) => {
      const result = await incrementor(cluster, { ...options, kills: ['root', 'leaf-0'] }, say);
      const { requests, repeated, elapsedMs, faults } = result;
      const rate = Math.round((options.increments / elapsedMs) * 1000).toLocaleString('en-US');
      say(`${requests} requests, ${repeated} times sent again, ${rate} increments/s`);
      return { faults };
    });
  });

program
  .command('arrival-averages')
  .description('averages by the second, live, while a root, a leaf and the log are killed')
  .option('--senders <number>', 'of events', whole, 8)
  .option('--pause-ms <number>', 'before, between and after the kills', whole, 4000)
  .action(async ({ senders, pauseMs }: { senders: number; pauseMs: number }) => {
    await run(async (cluster) => {
      const result = await arrivalAverages(cluster, { senders, pauseMs, kills: ['root', 'leaf-0', 'log'] }, say);
      result.lines.forEach(say);
      say(`${result.events} events, ${result.queries} queries, the slowest ${Math.round(result.slowestMs)} ms`);
      return result;
    });
  });

program
  .command('count-sum-histogram')
  .description('words of a text, population by state and county, sizes of towns')
  .option('--texts <number>', 'definitions of WordNet that are the text', whole, 20_000)
  .action(async ({ texts }: { texts: number }) => {
    await run(async (cluster) => {
      const result = await countSumHistogram(cluster, { texts }, say);
      result.lines.forEach(say);
      return result;
    });
  });

await program.parseAsync();
