/**
 * The long form of the test of jobs: `npm run test:jobs -- [deleteByQuery | cancel | reindex | replace | all] [documents] [kills] [seed]`. The
 * first three are held back so that the kills fall into them, and paused and resumed; `replace` copies the index four times in a row. Prints what it did; exit code 1 on a fault.
 */
import { startCluster } from '../cluster/start.ts';
import { deleteLoop, reindexLoop, type JobsOptions } from './jobs-loop.ts';
import { replaceLoop } from './replace-loop.ts';

const loops = {
  deleteByQuery: deleteLoop,
  cancel: (options: JobsOptions) => deleteLoop({ ...options, controls: 'cancel' }),
  reindex: reindexLoop,
  replace: (options: JobsOptions) => replaceLoop({ ...options, shards: [5, 2, 7, 3] }),
};

const [said = 'all', ...numbers] = process.argv.slice(2);
const documents = Number(numbers[0] ?? 100_000);
const kills = Number(numbers[1] ?? 50);
const seed = Number(numbers[2] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

const pauseMsMax = 2000;
/** Beside the pause before it, until the process is there again. */
const killMs = 4000;

for (const [kind, loop] of Object.entries(loops)) {
  if (said !== 'all' && said !== kind) continue;
  const cluster = await startCluster({ leaves: 3, args: ['--roots', '2'] });
  try {
    const matching = kind === 'reindex' ? documents : documents / 2;
    const killsMs = kills * (pauseMsMax / 2 + killMs);
    const docsPerSecond = kills === 0 ? null : Math.max(20, Math.ceil((matching * 1000) / killsMs));
    const progress = (line: string): void => console.log(`${kind}: ${line}`);
    const result = await loop({
      cluster,
      seed,
      kills,
      pauseMsMax,
      documents,
      docsPerSecond,
      controls: 'pause' as const,
      progress,
    });
    console.log(kind, JSON.stringify(result, null, 2));
    if (result.faults.length > 0) process.exitCode = 1;
  } finally {
    await cluster.stop();
  }
}
