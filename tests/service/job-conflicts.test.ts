/** Documents that change between being found by a job and being changed by it. Replicas that look at the log once a minute make that sure. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

interface Job {
  readonly id: string;
  readonly state: string;
  readonly counts: {
    readonly read: number;
    readonly deleted: number;
    readonly updated: number;
    readonly conflicts: number;
  };
  readonly error: { readonly code: string; readonly detail: object } | null;
}

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 1, args: ['--refresh-ms', '60000'] });
});
after(() => cluster?.stop());

const documents = 200;
const pageSize = 40;

async function until(id: string, isThere: (job: Job) => boolean): Promise<Job> {
  for (let tries = 0; tries < 1200; tries++) {
    const job = await must<Job>('GET', `${cluster.url}/v1/jobs/${id}`);
    if (isThere(job)) return job;
    await sleep(50);
  }
  throw new Error(`job ${id}: ${JSON.stringify(await must('GET', `${cluster.url}/v1/jobs/${id}`))}`);
}

// Each row: the kind, what of conflicts, how the job ends.
const rows: [kind: string, conflicts: string | undefined, state: string][] = [
  ['deleteByQuery', 'fail', 'failed'],
  ['deleteByQuery', 'count', 'done'],
  ['deleteByQuery', undefined, 'done'],
  ['updateByQuery', 'fail', 'failed'],
  ['updateByQuery', 'count', 'done'],
];
for (const [number, [kind, conflicts, state]] of rows.entries()) {
  test(`${kind}, conflicts ${conflicts ?? 'unsaid'}: a document that was changed stays, and the job is ${state}`, async () => {
    const url = `${cluster.url}/v1/indexes/conflicts-${number}`;
    await must('PUT', url, { shards: 1, schema: { fields: { n: { kind: 'integer' } } } });
    const lines = Array.from({ length: documents }, (_, n) => `{"_put":{"n":${n}},"_key":"k${n}"}\n`);
    await must('POST', `${url}/documents?refresh=wait`, lines.join(''));
    const body = { kind, index: `conflicts-${number}`, docsPerSecond: pageSize, conflicts };
    const document = kind === 'updateByQuery' ? { document: { n: -2 } } : {};
    const { id } = await must<Job>('POST', `${cluster.url}/v1/jobs`, { ...body, ...document });
    await until(id, ({ counts }) => counts.read > 0);
    await must('POST', `${cluster.url}/v1/jobs/${id}/pause`);
    const paused = await until(id, ({ counts }) => counts.read === counts.deleted + counts.updated);
    const { read } = paused.counts;
    assert.ok(read % pageSize === 0 && read <= documents - 2 * pageSize, `${read} were read`);
    // In the page that is next.
    await must('PUT', `${url}/documents/k${read + 7}`, { n: -1 });
    await must('POST', `${cluster.url}/v1/jobs/${id}/resume`);
    const job = await until(id, (each) => ['done', 'failed'].includes(each.state));
    const done = state === 'done' ? documents : read + pageSize;
    const { deleted, updated } = job.counts;
    assert.deepEqual(
      [job.state, job.counts.read, deleted + updated, job.counts.conflicts],
      [state, done, done - 1, 1],
      JSON.stringify(job),
    );
    // A document is an entry of the one shard.
    const upTo = read + pageSize - 1;
    const error = state === 'done' ? undefined : { code: 'JOB_CONFLICT', detail: { conflicts: 1, shard: 0, upTo } };
    assert.deepEqual(job.error && { code: job.error.code, detail: job.error.detail }, error ?? null);
    for (let n = 0; n < documents; n++) {
      const { body: found } = await send<{ _source?: { n: number } }>('GET', `${url}/documents/k${n}`);
      const changed = kind === 'updateByQuery' ? -2 : undefined;
      const expected = n === read + 7 ? -1 : n < done ? changed : n;
      assert.equal(found._source?.n, expected, `k${n}`);
    }
  });
}
