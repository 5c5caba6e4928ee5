import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { deleteLoop, reindexLoop, type JobsOptions, type JobsResult } from './jobs-loop.ts';

type Loop = (options: JobsOptions) => Promise<JobsResult>;

// Each row: the kind of job, what is wanted of it meanwhile, of how many documents, and what most of them become. Short forms of npm run test:jobs.
const rows: [kind: string, loop: Loop, controls: JobsOptions['controls'], documents: number, becomes: string][] = [
  ['deleteByQuery', deleteLoop, 'none', 3000, 'deleted'],
  ['deleteByQuery that is cancelled', deleteLoop, 'cancel', 10_000, 'deleted'],
  ['reindex that is paused and resumed', reindexLoop, 'pause', 2000, 'created'],
];
for (const [kind, loop, controls, documents, becomes] of rows) {
  test(`${kind}: each document once, under kill -9 and writes`, async (t) => {
    const seed = 12;
    t.diagnostic(`seed ${seed}`);
    const cluster = await startCluster({ leaves: 3, args: ['--roots', '2'] });
    t.after(() => cluster.stop());
    const progress = (line: string): void => t.diagnostic(line);
    const options = { cluster, seed, kills: 3, pauseMsMax: 1500, documents, docsPerSecond: 250, controls, progress };
    const result = await loop(options);
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual(result.faults, []);
    assert.ok(result.counts[becomes]! > 1000, `little was ${becomes}`);
    assert.ok(result.killsInJob > 0, 'nothing was killed while the job went on');
    assert.equal(result.controlled > 0, controls !== 'none');
  });
}
