/** Jobs that swap an alias at their end, and what comes between: whatever it is, the index can be written to afterwards, and nothing is half done. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send, sendWith } from './client.ts';

interface Job {
  readonly id: string;
  readonly state: string;
  readonly counts: { readonly read: number; readonly created: number; readonly conflicts: number };
  readonly error: { readonly code: string; readonly detail: Readonly<Record<string, unknown>> } | null;
}

interface Refusal {
  readonly error: { readonly code: string; readonly detail: { readonly id: string; readonly term: number } };
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
  await prepare(name);
  return await must<Job>('POST', at('jobs'), swap(name));
}

async function prepare(name: string): Promise<void> {
  for (const end of ['a', 'b']) await must('PUT', at(`indexes/${name}-${end}`), { shards: 2, schema });
  const lines = Array.from({ length: documents }, (_, n) => `{"_put":{"n":${n}},"_key":"k${n}"}\n`);
  await must('POST', at(`indexes/${name}-a/documents?refresh=wait`), lines.join(''));
  await must('POST', at('aliases'), { actions: [{ add: { alias: name, index: `${name}-a` } }] });
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

interface Written {
  readonly _index: string;
  readonly result: string;
  readonly sequence: number;
  readonly term: number;
}

test('a tag that was read before a copy took the place of the index holds in the copy never, of all addresses', async () => {
  const name = 'tagged';
  await prepare(name);
  const path = `indexes/${name}/documents/k7`;
  const read = async (root = at) => {
    const answer = await fetch(root(path));
    const { _source, term, sequence } = (await answer.json()) as Written & { _source: { n: number } };
    return { tag: answer.headers.get('etag')!, n: _source.n, term, sequence };
  };
  // So that it is behind whatever the copy begins with.
  for (let n = 0; n < 20; n++) await must('PUT', at(path), { n });
  const earlier = await read();
  const job = await must<Job>('POST', at('jobs'), { ...swap(name), docsPerSecond: 10_000 });
  assert.equal((await ended(job.id)).state, 'done');
  // Others change it until it has the sequence that it had in the index earlier.
  let now = await read(otherRoot);
  assert.ok(now.sequence < earlier.sequence, `${now.sequence} ${earlier.sequence}`);
  while (now.sequence < earlier.sequence) {
    await must('PUT', otherRoot(`${path}?result=wait`), { n: 1000 + now.sequence });
    now = await read();
  }
  const ifMatch = (tag: string, method: string) => sendWith<Refusal>({ 'if-match': tag }, method, at(path), { n: 0 });
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const { status, body } = await ifMatch(earlier.tag, method);
    assert.deepEqual([status, body.error.code], [412, 'CONDITION_FAILED'], method);
  }
  const line = ({ term, sequence }: typeof now) =>
    `{"_put":{"n":0},"_key":"k7","_ifSequence":${sequence},"_ifTerm":${term}}\n`;
  const bulk = async (of: typeof now): Promise<string> => {
    const place = at(`indexes/${name}/documents`);
    const { outcomes } = await must<{ outcomes: { result: string; term: number }[] }>('POST', place, line(of));
    assert.equal(outcomes[0]!.term, now.term);
    return outcomes[0]!.result;
  };
  assert.equal(await bulk(earlier), 'conflict');
  const unread = await fetch(at(path), { headers: { 'if-none-match': earlier.tag } });
  assert.equal(unread.status, 200);
  // The same sequence, of the one index and of the other.
  assert.deepEqual([now.sequence, (await read()).tag], [earlier.sequence, now.tag]);
  assert.notEqual(now.term, earlier.term);
  assert.equal(await bulk(now), 'updated');
  assert.equal((await ifMatch((await read()).tag, 'PUT')).status, 200);
});

test('a job that swaps an alias: fields, replicas and keyed requests of the index are those of the copy', async () => {
  const name = 'carried';
  const { id } = await begin(name);
  await until(id, ({ counts }) => counts.read > 0);
  const fields = { ...schema.fields, late: { kind: 'keyword' } };
  await must('PUT', at(`indexes/${name}-a`), { shards: 2, replicas: 2, schema: { fields } });
  await must('PUT', otherRoot(`indexes/${name}/documents/new`), { n: 1000, late: 'x' });
  const created = (root: typeof at) => {
    const headers = { 'idempotency-key': 'once', 'if-none-match': '*' };
    return sendWith<Written>(headers, 'PUT', root(`indexes/${name}/documents/once`), { n: 1001, late: 'y' });
  };
  const first = await created(otherRoot);
  assert.deepEqual([first.status, first.body.result], [201, 'created']);
  assert.equal((await ended(id)).state, 'done');
  // Said again under the name, it is what became of the first, which no other index could say.
  for (const root of [at, otherRoot]) {
    const { status, body } = await created(root);
    const told = ({ _index, result, sequence, term }: Written) => [_index, result, sequence, term];
    assert.deepEqual([status, ...told(body)], [201, ...told(first.body)]);
  }
  const copy = await must<{ replicas: number; schema: { fields: object } }>('GET', at(`indexes/${name}-b`));
  assert.deepEqual([copy.replicas, Object.keys(copy.schema.fields)], [2, ['n', 'late']]);
  const query = { terms: { late: ['x', 'y'] } };
  const { hits } = await must<{ hits: { hits: { _id: string; _index: string }[] } }>(
    'POST',
    otherRoot(`indexes/${name}/search`),
    { query, sort: ['n'], timeout: '30s' },
  );
  assert.deepEqual(
    hits.hits.map(({ _id, _index }) => `${_index}/${_id}`),
    ['carried-b/new', 'carried-b/once'],
  );
  // Nobody knows it any more where the index is gone, whatever another has at that offset of that shard.
  await must('DELETE', at(`indexes/${name}-a`));
  for (const root of [at, otherRoot]) {
    const { status, body } = await sendWith<Refusal>(
      { 'idempotency-key': 'once', 'if-none-match': '*' },
      'PUT',
      root(`indexes/${name}/documents/once`),
      { n: 1001, late: 'y' },
    );
    assert.deepEqual([status, body.error.code], [503, 'OUTCOME_UNCERTAIN']);
    // By the offset and a term of another index somebody would make a condition that holds by chance.
    const tag = (await fetch(root(`indexes/${name}/documents/new`))).headers.get('etag')!;
    assert.notEqual(body.error.detail.term, Number(tag.slice(1).split('.')[0]));
  }
});

/** Of k7, in the index that is copied into. */
const own = (name: string, routing = ''): string => at(`indexes/${name}-b/documents/k7${routing}`);
/** By which k7 is in the shard in which it is without. */
const sameShard = Array.from({ length: 99 }, (_, i) => `r${i}`).find(
  (each) => shardOfKey(each, 2) === shardOfKey('k7', 2),
)!;

// Each row: what the index that is copied into has under a key of the other before the job, how many copies come to nothing for it.
const owned: [name: string, act: (name: string) => Promise<unknown>, lost: number][] = [
  [
    'deleted-before',
    async (name) => {
      const lines = ['{"_put":{"n":-5},"_key":"k7","_version":1000000}', '{"_delete":"k7"}'];
      await must('POST', at(`indexes/${name}-b/documents`), lines.join('\n'));
    },
    0,
  ],
  ['written-before', (name) => must('PUT', own(name), { n: -5 }), 1],
  ['routed-before', (name) => must('PUT', own(name, `?routing=${sameShard}`), { n: -5 }), 1],
];
suite('jobs into what has documents of its own', { concurrency: true }, () => {
  for (const [name, act, lost] of owned) {
    test(`a job that swaps an alias: ${name}, ${lost === 0 ? 'nothing is lost' : 'the copy is not whole'}`, async () => {
      await prepare(name);
      await act(name);
      const { id } = await must<Job>('POST', at('jobs'), { ...swap(name), docsPerSecond: 10_000 });
      const { state, error, counts } = await ended(id);
      assert.deepEqual([state, error?.code], lost === 0 ? ['done', undefined] : ['failed', 'JOB_INCOMPLETE']);
      assert.deepEqual([counts.read, counts.created, counts.conflicts], [documents, documents - lost, lost]);
      if (lost > 0) assert.equal(error!.detail['conflicts'], lost);
      const { indexes } = await must<{ indexes: { index: string }[] }>('GET', otherRoot(`aliases/${name}`));
      assert.deepEqual(indexes, [{ index: `${name}-${lost === 0 ? 'b' : 'a'}` }]);
      // What was acknowledged is found under the name, and what the other index has of its own is there.
      const { _source } = await must<{ _source: object }>('GET', otherRoot(`indexes/${name}/documents/k7`));
      assert.deepEqual(_source, { n: 7 });
      if (lost === 0) return;
      const there = await must<{ _source: object }>(
        'GET',
        own(name, name.startsWith('routed') ? `?routing=${sameShard}` : ''),
      );
      assert.deepEqual(there._source, { n: -5 });
    });
  }

  test('a job that stood still writes over nothing that was written or deleted there meanwhile', async () => {
    const name = 'stood-still';
    await prepare(name);
    const job = { kind: 'reindex', index: `${name}-a`, into: `${name}-b` };
    const { id } = await must<Job>('POST', at('jobs'), { ...job, docsPerSecond: 200 });
    await must('POST', at(`jobs/${id}/pause`));
    // A job of another query copies all there is; of that some is deleted, by a query and by its key, and some is written to.
    const others = [
      { ...job, query: { match_all: {} } },
      { kind: 'deleteByQuery', index: `${name}-b`, query: { range: { n: { gte: 200 } } } },
    ];
    for (const other of others)
      assert.equal((await ended((await must<Job>('POST', at('jobs'), other)).id)).state, 'done');
    await must('DELETE', at(`indexes/${name}-b/documents/k100`));
    await must('PATCH', at(`indexes/${name}-b/documents/k101`), { n: -1 });
    // In the source they are written again, so that their copies would have versions that nothing there has.
    for (const n of [100, 101, 102, 250]) await must('PUT', at(`indexes/${name}-a/documents/k${n}`), { n: n + 1000 });
    await must('POST', at(`jobs/${id}/resume`));
    const { state, counts } = await ended(id);
    // These at least: where the job was before it stood still, nobody knows.
    assert.ok(state === 'done' && counts.conflicts >= 3, JSON.stringify({ state, counts }));
    const found = async (n: number): Promise<unknown> => {
      return (await send<{ _source?: { n: number } }>('GET', at(`indexes/${name}-b/documents/k${n}`))).body._source?.n;
    };
    assert.deepEqual(await Promise.all([100, 101, 102, 250, 251].map(found)), [
      undefined,
      -1,
      1102,
      undefined,
      undefined,
    ]);
  });
});
