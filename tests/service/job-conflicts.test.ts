/**
 * Documents that change between the creation of a job and their page, or between being found and being changed. Replicas that look at the log once a
 * minute make sure of the second.
 */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
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

// Each row: the kind, what of conflicts, how the job ends, whether the job finds the document.
const rows: [kind: string, conflicts: string | undefined, state: string, isFound: boolean][] = [
  ['deleteByQuery', 'fail', 'failed', true],
  ['deleteByQuery', 'count', 'done', true],
  ['deleteByQuery', undefined, 'done', true],
  ['updateByQuery', 'fail', 'failed', true],
  ['updateByQuery', 'count', 'done', true],
  ['deleteByQuery', 'fail', 'failed', false],
  ['deleteByQuery', 'count', 'done', false],
  ['updateByQuery', 'fail', 'failed', false],
];
// Each has an index of its own, and waits for the most part: together they take as long as one.
suite('jobs that meet conflicts', { concurrency: true }, () => {
  for (const [number, [kind, conflicts, state, isFound]] of rows.entries()) {
    const when = isFound ? 'after it was found' : 'before its page';
    test(`${kind}, conflicts ${conflicts ?? 'unsaid'}: a document that was changed ${when} stays, and the job is ${state}`, async () => {
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
      await must('PUT', `${url}/documents/k${read + 7}${isFound ? '' : '?refresh=wait'}`, { n: -1 });
      await must('POST', `${cluster.url}/v1/jobs/${id}/resume`);
      const job = await until(id, (each) => ['done', 'failed'].includes(each.state));
      // What is not found is missing after the last page.
      const done = state === 'done' || !isFound ? documents : read + pageSize;
      const { deleted, updated } = job.counts;
      assert.deepEqual(
        [job.state, job.counts.read, deleted + updated, job.counts.conflicts],
        [state, done, done - 1, 1],
        JSON.stringify(job),
      );
      // A document is an entry of the one shard.
      const upTo = done - 1;
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
});
