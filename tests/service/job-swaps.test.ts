/** Jobs that swap an alias at their end, and what comes between: whatever it is, the index can be written to afterwards, and nothing is half done. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

interface Job {
  readonly id: string;
  readonly state: string;
  readonly counts: { readonly read: number };
  readonly error: { readonly code: string } | null;
}

interface Refusal {
  readonly error: { readonly code: string; readonly detail: { readonly id: string } };
}

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  // What a name is given to that was meant to be the copy's.
  await must('PUT', at('indexes/another'), { shards: 2, schema });
  await must('PUT', at('indexes/another/documents/k7?refresh=wait'), { n: 7 });
});
after(() => cluster?.stop());

const documents = 300;
const schema = { fields: { n: { kind: 'integer' } } };
const at = (path: string): string => `${cluster.url}/v1/${path}`;
const otherRoot = (path: string): string => `http://127.0.0.1:${cluster.port + 2}/v1/${path}`;

/** NAME-a with documents, under the alias NAME, NAME-b without, and a job that takes some seconds. */
async function begin(name: string): Promise<Job> {
  for (const end of ['a', 'b']) await must('PUT', at(`indexes/${name}-${end}`), { shards: 2, schema });
  const lines = Array.from({ length: documents }, (_, n) => `{"_put":{"n":${n}},"_key":"k${n}"}\n`);
  await must('POST', at(`indexes/${name}-a/documents?refresh=wait`), lines.join(''));
  await must('POST', at('aliases'), { actions: [{ add: { alias: name, index: `${name}-a` } }] });
  return await must<Job>('POST', at('jobs'), swap(name));
}

function swap(name: string): object {
  return { kind: 'reindex', index: `${name}-a`, into: `${name}-b`, alias: name, docsPerSecond: 100 };
}

async function until(id: string, isThere: (job: Job) => boolean): Promise<Job> {
  for (let tries = 0; tries < 1200; tries++) {
    const job = await must<Job>('GET', at(`jobs/${id}`));
    if (isThere(job)) return job;
    await sleep(50);
  }
  throw new Error(`job ${id}: ${JSON.stringify(await must('GET', at(`jobs/${id}`)))}`);
}

const ended = (id: string): Promise<Job> => until(id, ({ state }) => ['done', 'failed', 'cancelled'].includes(state));

// Each row: what comes while the job goes on; how it ends; what is under the name then, nothing where it has no index.
const rows: [name: string, act: (name: string, id: string) => Promise<unknown>, end: string, under: string][] = [
  ['nothing', async () => undefined, 'done', 'nothing-b'],
  [
    'pause',
    async (_name, id) => {
      await must('POST', at(`jobs/${id}/pause`));
      await must('PUT', otherRoot('indexes/pause/documents/paused'), { n: -1 });
      await must('POST', otherRoot(`jobs/${id}/resume`));
    },
    'done',
    'pause-b',
  ],
  ['cancel', (_name, id) => must('POST', otherRoot(`jobs/${id}/cancel`)), 'cancelled', 'cancel-a'],
  ['copy-deleted', (name) => must('DELETE', at(`indexes/${name}-b`)), 'failed INDEX_NOT_FOUND', 'copy-deleted-a'],
  ['index-deleted', (name) => must('DELETE', at(`indexes/${name}-a`)), 'failed INDEX_NOT_FOUND', ''],
  [
    'alias-changed',
    (name) => {
      const actions = [{ remove: { alias: name, index: `${name}-a` } }, { add: { alias: name, index: 'another' } }];
      return must('POST', at('aliases'), { actions });
    },
    'failed ALIAS_NOT_FOUND',
    'another',
  ],
  [
    'second',
    async (name, id) => {
      const { status, body } = await send<Refusal>('POST', otherRoot('jobs'), swap(name));
      assert.deepEqual([status, body.error.code, body.error.detail.id], [409, 'JOB_UNDER_WAY', id]);
    },
    'done',
    'second-b',
  ],
];
// Each has indexes and a name of its own, and waits for the most part: together they take as long as one.
suite('jobs that swap', { concurrency: true }, () => {
  for (const [name, act, end, under] of rows) {
    test(`a job that swaps an alias: ${name}`, async () => {
      const { id } = await begin(name);
      await until(id, ({ counts }) => counts.read > 0);
      await act(name, id);
      const { state, error } = await ended(id);
      assert.equal([state, error?.code].join(' ').trim(), end);
      const { status, body } = await send<{ indexes: { index: string }[] }>('GET', otherRoot(`aliases/${name}`));
      assert.deepEqual(status === 404 ? [] : body.indexes.map(({ index }) => index), under === '' ? [] : [under]);
      if (under === '') return;
      // Under the name, and to the index that was copied.
      for (const index of [name, `${name}-a`]) {
        for (const root of [at, otherRoot]) await must('PUT', root(`indexes/${index}/documents/last`), { n: -2 });
      }
      const found = await send('GET', otherRoot(`indexes/${name}/documents/${name === 'pause' ? 'paused' : 'k7'}`));
      assert.equal(found.status, 200);
      // It can be tried again, where there is something to try.
      if (state !== 'cancelled') return;
      const again = await ended((await must<Job>('POST', at('jobs'), { ...swap(name), docsPerSecond: 10_000 })).id);
      assert.equal(again.state, 'done');
      assert.equal((await send('GET', at(`indexes/${name}-b/documents/last`))).status, 200);
    });
  }
});
