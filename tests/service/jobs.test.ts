/** Jobs on a real cluster: what they change, how they are paused and cancelled, and what is refused. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

interface Job {
  readonly id: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly progress: number | null;
  readonly timeLeftMs: number | null;
  readonly error: { readonly code: string } | null;
}

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
});
after(() => cluster?.stop());

const fields = { n: { kind: 'integer' }, parity: { kind: 'keyword' }, text: { kind: 'text' } };

/** An index of documents k0, k1, … with n from 0 on. */
async function fill(name: string, count: number, dynamic = 'strict'): Promise<string> {
  const url = `${cluster.url}/v1/indexes/${name}`;
  await must('PUT', url, { shards: 3, replicas: 2, schema: { dynamic, fields } });
  const line = (n: number): string => `{"_put":{"n":${n},"parity":"${n % 2 === 0 ? 'even' : 'odd'}"},"_key":"k${n}"}\n`;
  await must('POST', `${url}/documents?refresh=wait`, Array.from({ length: count }, (_, n) => line(n)).join(''));
  return url;
}

const create = (body: object): Promise<Job> => must<Job>('POST', `${cluster.url}/v1/jobs`, body);
const jobAt = (id: string): string => `${cluster.url}/v1/jobs/${id}`;

async function until(id: string, isThere: (job: Job) => boolean): Promise<Job> {
  for (let tries = 0; tries < 600; tries++) {
    const job = await must<Job>('GET', jobAt(id));
    if (isThere(job)) return job;
    await sleep(50);
  }
  throw new Error(`job ${id}: ${JSON.stringify(await must('GET', jobAt(id)))}`);
}

const ended = (id: string): Promise<Job> => until(id, ({ state }) => ['done', 'failed', 'cancelled'].includes(state));
const some = (counts: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(counts).filter(([, each]) => each > 0));

/** Waits until so many documents match, whichever replica answers. */
async function expectMatches(url: string, query: object, expected: number): Promise<void> {
  let [value, inRow] = [-1, 0];
  for (let tries = 0; tries < 200 && inRow < 8; tries++) {
    const { hits } = await must<{ hits: { total: { value: number } } }>('POST', `${url}/search`, { query, size: 0 });
    ({ value } = hits.total);
    inRow = value === expected ? inRow + 1 : 0;
    if (inRow === 0) await sleep(50);
  }
  assert.equal(value, expected);
}

interface Aggregated extends Job {
  readonly result?: unknown;
}

// Each row: the query and the aggregations of a job; its result is that of the same search.
const aggregations: [name: string, query: object | undefined, aggs: object][] = [
  ['metrics of every document', undefined, { sum: { sum: { field: 'n' } }, most: { max: { field: 'n' } } }],
  [
    'buckets in buckets, of some',
    { range: { n: { gte: 100, lt: 1900 } } },
    {
      parity: {
        terms: { field: 'parity' },
        aggs: { steps: { histogram: { field: 'n', interval: 250 }, aggs: { mean: { avg: { field: 'n' } } } } },
      },
    },
  ],
  ['how many there are of each', { match_all: {} }, { many: { terms: { field: 'n', size: 3000 } } }],
  ['about how many', undefined, { distinct: { cardinality: { field: 'n' } } }],
  ['nothing', { term: { parity: 'neither' } }, { sum: { sum: { field: 'n' } }, p: { terms: { field: 'parity' } } }],
];

// Each has indexes of its own, and most of them wait: some go on beside one another.
suite('jobs', { concurrency: 4 }, () => {
  test('deleteByQuery: what matches is gone, once, and what does not is there', async () => {
    const url = await fill('gone', 5000);
    const { id, state } = await create({ kind: 'deleteByQuery', index: 'gone', query: { term: { parity: 'even' } } });
    assert.equal(state, 'running');
    const job = await ended(id);
    assert.deepEqual([job.state, some(job.counts), job.progress], ['done', { read: 2500, deleted: 2500 }, 1]);
    await expectMatches(url, { term: { parity: 'even' } }, 0);
    await expectMatches(url, { term: { parity: 'odd' } }, 2500);
  });

  test('updateByQuery: the part is laid over what matches, and what has it already is no change', async () => {
    const url = await fill('changed', 3000);
    await must('PATCH', `${url}/documents/k4?refresh=wait`, { text: 'marked' });
    const body = {
      kind: 'updateByQuery',
      index: 'changed',
      query: { term: { parity: 'even' } },
      document: { text: 'marked' },
    };
    const job = await ended((await create(body)).id);
    assert.deepEqual([job.state, some(job.counts)], ['done', { read: 1500, updated: 1499, noop: 1 }]);
    await expectMatches(url, { match: { text: 'marked' } }, 1500);
    const { _source } = await must<{ _source: object }>('GET', `${url}/documents/k8`);
    assert.deepEqual(_source, { n: 8, parity: 'even', text: 'marked' });
  });

  test('jobs on an alias of one index: of what its filter shows, and whatever it stands for later', async () => {
    const url = await fill('under-1', 400);
    await fill('under-2', 10);
    const filter = { term: { parity: 'even' } };
    await must('POST', `${cluster.url}/v1/aliases`, {
      actions: [{ add: { alias: 'under', index: 'under-1', filter } }],
    });
    const otherJobs = `http://127.0.0.1:${cluster.port + 2}/v1/jobs`;
    const aggs = { all: { value_count: { field: 'n' } } };
    const counted = await must<Job & { index: string }>('POST', otherJobs, { kind: 'aggregate', index: 'under', aggs });
    assert.equal(counted.index, 'under-1');
    assert.deepEqual(((await ended(counted.id)) as Job & { result: unknown }).result, { all: { value: 200 } });
    const query = { range: { n: { lt: 100 } } };
    const { id } = await must<Job>('POST', otherJobs, {
      kind: 'deleteByQuery',
      index: 'under',
      query,
      docsPerSecond: 40,
    });
    const actions = [{ remove: { alias: 'under', index: 'under-1' } }, { add: { alias: 'under', index: 'under-2' } }];
    await must('POST', `${cluster.url}/v1/aliases`, { actions });
    const job = await ended(id);
    assert.deepEqual([job.state, some(job.counts)], ['done', { read: 50, deleted: 50 }]);
    await expectMatches(url, { term: { parity: 'odd' } }, 200);
    await expectMatches(url, { term: { parity: 'even' } }, 150);
    await expectMatches(`${cluster.url}/v1/indexes/under-2`, { match_all: {} }, 10);
  });

  test('updateByQuery: numbers keep their digits, in the documents and in what is told of the job', async () => {
    const url = await fill('exact', 10, 'false');
    const document = '{"wide":[9007199254740993,0.10000000000000000001,1e400],"n":7}';
    const body = `{"kind":"updateByQuery","index":"exact","query":{"range":{"n":{"lt":5}}},"document":${document}}`;
    const response = await fetch(`${cluster.url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await response.text();
    assert.ok(text.includes(`"document":${document}`), text);
    const job = await ended((JSON.parse(text) as Job).id);
    assert.deepEqual([job.state, some(job.counts)], ['done', { read: 5, updated: 5 }]);
    const written = await (await fetch(`${url}/documents/k4`)).text();
    assert.ok(written.includes('"wide":[9007199254740993,0.10000000000000000001,1e400]'), written);
    assert.ok(written.includes('"n":7,"parity":"even"'), written);
  });

  test('a job is paused, resumed on another root and cancelled, and what it has done is counted', async () => {
    const url = await fill('slow', 2000);
    const { id } = await create({ kind: 'deleteByQuery', index: 'slow', docsPerSecond: 200 });
    await until(id, ({ counts }) => counts['deleted']! > 0);
    await must('POST', `${jobAt(id)}/pause`);
    // The step that was under way is done and counted.
    const isStill = ({ state, counts }: Job): boolean => state === 'paused' && counts['deleted'] === counts['read'];
    await until(id, isStill);
    await sleep(500);
    const paused = await until(id, isStill);
    await sleep(1500);
    assert.deepEqual(await must<Job>('GET', jobAt(id)), paused);
    assert.equal(paused.state, 'paused');
    assert.ok(paused.progress! > 0 && paused.progress! < 1 && paused.timeLeftMs! > 0, JSON.stringify(paused));
    await must('POST', `http://127.0.0.1:${cluster.port + 2}/v1/jobs/${id}/resume`);
    await until(id, ({ counts }) => counts['deleted']! > paused.counts['deleted']!);
    await must('POST', `${jobAt(id)}/cancel`);
    const job = await ended(id);
    assert.equal(job.state, 'cancelled');
    assert.equal(job.counts['deleted'], job.counts['read']);
    await expectMatches(url, { match_all: {} }, 2000 - job.counts['deleted']!);
    for (const [wanted, body] of [
      ['pause', {}],
      ['resume', {}],
      ['cancel', {}],
    ] as const) {
      const { status, body: answer } = await send<{ error: { code: string } }>('POST', `${jobAt(id)}/${wanted}`, body);
      assert.deepEqual([status, answer.error.code], [409, 'JOB_ENDED'], wanted);
    }
  });

  test('what was changed since the job was created stays, and counts as a conflict', async () => {
    const url = await fill('rewritten', 600);
    const query = { term: { parity: 'even' } };
    const { id } = await create({ kind: 'deleteByQuery', index: 'rewritten', query, docsPerSecond: 60 });
    await must('POST', `${jobAt(id)}/pause`);
    // The last of the log: a page has 60 documents, and a shard more.
    const rewritten = ['k594', 'k596', 'k598'];
    for (const key of rewritten) await must('PUT', `${url}/documents/${key}`, { n: 1, parity: 'even' });
    // Deleted, and written so that it does not match any more.
    await must('DELETE', `${url}/documents/k592`);
    await must('PUT', `${url}/documents/k590`, { n: 1, parity: 'odd' });
    await must('POST', `${jobAt(id)}/resume`);
    const job = await ended(id);
    assert.deepEqual([job.state, some(job.counts)], ['done', { read: 300, deleted: 295, conflicts: 5 }]);
    for (const key of rewritten) assert.equal((await send('GET', `${url}/documents/${key}`)).status, 200, key);
  });

  test('reindex: into another number of shards, with what is written, rewritten and deleted meanwhile', async (t) => {
    const seed = Number(process.env['SEED'] ?? 8);
    t.diagnostic(`seed ${seed}`);
    const random = createRandom(seed);
    const url = await fill('source', 3000);
    const target = `${cluster.url}/v1/indexes/target`;
    await must('PUT', target, { shards: 5, schema: { dynamic: 'false', fields: { n: { kind: 'integer' } } } });
    const job = { kind: 'reindex', index: 'source', into: 'target', docsPerSecond: 250 };
    const { id } = await create({ ...job, query: { range: { n: { lt: 2900 } } } });
    const expected = new Map(Array.from({ length: 3000 }, (_, n) => [`k${n}`, n]));
    for (let i = 0; i < 300; i++) {
      // Some of it beside the copying, and most of it before the rest is copied.
      if (i === 40) await must('POST', `${jobAt(id)}/pause`);
      const key = `k${random.integer(0, 3200)}`;
      if (random.integer(0, 2) === 0) {
        await must('DELETE', `${url}/documents/${key}`);
        expected.delete(key);
      } else {
        // Some match no more, and are copied already.
        const n = random.integer(2500, 3100);
        await must('PUT', `${url}/documents/${key}`, { n });
        expected.set(key, n);
      }
    }
    await must('POST', `${jobAt(id)}/resume`);
    const { state, counts } = await ended(id);
    assert.equal(state, 'done', JSON.stringify(counts));
    const matching = [...expected].filter(([, n]) => n < 2900);
    for (let from = 0; from <= 3200; from += 100) {
      const keys = Array.from({ length: 100 }, (_, i) => `k${from + i}`);
      const there = await Promise.all(
        keys.map((key) => send<{ _source?: { n: number } }>('GET', `${target}/documents/${key}`)),
      );
      const found = there.map(({ body }, i) => [keys[i], body._source?.n]);
      const wanted = keys.map((key) => [key, matching.some(([each]) => each === key) ? expected.get(key) : undefined]);
      assert.deepEqual(found, wanted);
    }
    await expectMatches(target, { match_all: {} }, matching.length);
    // Once more nothing is written twice; another query takes over what it finds.
    const fast = { ...job, docsPerSecond: 100_000 };
    const again = await ended((await create({ ...fast, query: { range: { n: { lt: 2900 } } } })).id);
    assert.deepEqual([again.state, some(again.counts)], ['done', { read: matching.length, noop: matching.length }]);
    const others = await ended((await create(fast)).id);
    const all = { read: expected.size, created: expected.size - matching.length, updated: matching.length };
    assert.deepEqual([others.state, some(others.counts)], ['done', all]);
  });

  test('reindex: what the target has of its own stays, whatever becomes of the key in the source', async () => {
    const url = await fill('from-here', 400);
    const target = `${cluster.url}/v1/indexes/into-there`;
    await must('PUT', target, { shards: 2, schema: { dynamic: 'false', fields: { n: { kind: 'integer' } } } });
    const at = (index: string, n: number): string => `${index}/documents/k${n}`;
    const own = { n: -1 };
    const job = { kind: 'reindex', index: 'from-here', into: 'into-there' };
    const query = { range: { n: { lt: 300 } } };
    const others = await ended((await create({ ...job, query: { range: { n: { gte: 380 } } } })).id);
    assert.deepEqual(some(others.counts), { read: 20, created: 20 });
    for (const n of [301, 302, 500, 501]) await must('PUT', at(target, n), own);
    const { id } = await create({ ...job, query, docsPerSecond: 60 });
    await until(id, ({ counts }) => counts['created']! > 20);
    await must('POST', `${jobAt(id)}/pause`);
    await until(id, ({ state, counts }) => state === 'paused' && counts['created'] === counts['read']);
    const copied: number[] = [];
    for (let n = 0; copied.length < 4; n++) {
      if ((await send('GET', at(target, n))).status === 200) copied.push(n);
    }
    const [deleted, unmatched, overwritten, patched] = copied as [number, number, number, number];
    // In the target, by others.
    await must('PUT', at(target, overwritten), own);
    await must('PATCH', at(target, patched), own);
    // In the source: written so that it does not match, deleted, created and deleted.
    for (const n of [301, 390, unmatched]) await must('PUT', at(url, n), { n: 999 });
    await must('PUT', at(url, 500), { n: 1 });
    for (const n of [302, 391, 500, deleted, overwritten, patched]) await must('DELETE', at(url, n));
    await must('PUT', at(url, 501), { n: 999 });
    await must('POST', `${jobAt(id)}/resume`);
    assert.equal((await ended(id)).state, 'done');
    const found = async (keys: readonly number[]): Promise<unknown[]> => {
      const answers = keys.map((n) => send<{ _source?: { n: number } }>('GET', at(target, n)));
      return (await Promise.all(answers)).map(({ body }) => body._source?.n);
    };
    assert.deepEqual(await found([301, 302, 500, 501]), [-1, -1, -1, -1], 'written before');
    assert.deepEqual(await found([overwritten, patched]), [-1, -1], 'written meanwhile');
    assert.deepEqual(await found([390, 391]), [390, 391], 'copied by a job of another query');
    assert.deepEqual(await found([deleted, unmatched]), [undefined, undefined], 'copies');
    // A later job of the same query follows what the first has copied, and deletes what went before it began.
    await must('DELETE', at(url, 252));
    await must('PUT', at(url, 253), { n: 999 });
    for (const n of [303, overwritten]) await send('DELETE', at(url, n));
    const again = await create({ ...job, query, docsPerSecond: 200 });
    await must('POST', `${jobAt(again.id)}/pause`);
    await must('DELETE', at(url, 250));
    await must('POST', `${jobAt(again.id)}/resume`);
    assert.equal((await ended(again.id)).state, 'done');
    assert.deepEqual(await found([250, 251, 252, 253]), [undefined, 251, undefined, undefined]);
    assert.deepEqual(await found([overwritten, patched, 390]), [-1, -1, 390], 'no copies of this job');
  });

  test('aggregate: the result is that of the search, is kept, and stands where one job is asked for', async (t) => {
    const url = await fill('heavy', 2000);
    for (const [name, query, aggs] of aggregations) {
      await t.test(name, async () => {
        const { id } = await create({ kind: 'aggregate', index: 'heavy', query, aggs });
        const job = (await ended(id)) as Aggregated;
        const search = { query, aggs, size: 0, track_total_hits: true, timeout: '30s' };
        const { aggregations: expected, hits } = await must<{
          aggregations: unknown;
          hits: { total: { value: number } };
        }>('POST', `${url}/search`, search);
        assert.deepEqual([job.state, job.result, job.progress], ['done', expected, 1], JSON.stringify(job.error));
        assert.deepEqual(some(job.counts), hits.total.value === 0 ? {} : { read: hits.total.value });
        // On the other root.
        const other = `http://127.0.0.1:${cluster.port + 2}/v1/jobs`;
        assert.deepEqual((await must<Aggregated>('GET', `${other}/${id}`)).result, expected);
        const { jobs } = await must<{ jobs: Aggregated[] }>('GET', other);
        assert.equal('result' in jobs.find((each) => each.id === id)!, false, 'the list would have all results');
      });
    }
  });

  test('aggregate: it sees what was acknowledged before it, and what is too large fails', async () => {
    const url = await fill('late', 300);
    await must('PUT', `${url}/documents/more`, { n: 1_000_000 });
    const { id } = await create({ kind: 'aggregate', index: 'late', aggs: { most: { max: { field: 'n' } } } });
    const job = (await ended(id)) as Aggregated;
    assert.deepEqual([job.state, job.result], ['done', { most: { value: 1_000_000 } }]);
    // A million buckets are more than any search has.
    const wide = { histogram: { field: 'n', interval: 1, min_doc_count: 0 } };
    const failed = await ended((await create({ kind: 'aggregate', index: 'late', aggs: { wide } })).id);
    assert.deepEqual([failed.state, failed.error?.code], ['failed', 'AGGREGATION_TOO_MANY_BUCKETS']);
    // So many as fit into an answer, and not into what is kept.
    const long = 'x'.repeat(400);
    const lines = Array.from({ length: 3000 }, (_, n) => `{"_put":{"parity":"${long}${n}"},"_key":"w${n}"}\n`);
    await must('POST', `${url}/documents`, lines.join(''));
    const aggs = { all: { terms: { field: 'parity', size: 4000 } } };
    const large = await ended((await create({ kind: 'aggregate', index: 'late', aggs })).id);
    assert.deepEqual([large.state, large.error?.code], ['failed', 'JOB_RESULT_TOO_LARGE']);
  });

  test('a job on an index that is deleted meanwhile fails, and does nothing to one of the same name', async () => {
    const url = await fill('fleeting', 1000);
    const { id } = await create({ kind: 'deleteByQuery', index: 'fleeting', docsPerSecond: 100 });
    await until(id, ({ counts }) => counts['read']! > 0);
    await must('DELETE', url);
    await fill('fleeting', 50);
    const job = await ended(id);
    assert.deepEqual([job.state, job.error?.code], ['failed', 'INDEX_NOT_FOUND']);
    await expectMatches(url, { match_all: {} }, 50);
  });

  test('a job is created once under an Idempotency-Key, through whichever root', async () => {
    await fill('keyed', 10);
    const ask = async (
      port: number,
      key: string,
      body: object,
    ): Promise<{ status: number; id: string; code: string }> => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/jobs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
      const { id = '', error } = (await response.json()) as { id?: string; error?: { code: string } };
      return { status: response.status, id, code: error?.code ?? '' };
    };
    const body = { kind: 'deleteByQuery', index: 'keyed', query: { range: { n: { lt: 5 } } } };
    const [first, ...more] = await Promise.all([0, 2, 0, 2].map((port) => ask(cluster.port + port, 'once', body)));
    for (const each of more) assert.deepEqual(each, { status: 202, id: first!.id, code: '' });
    assert.deepEqual(some((await ended(first!.id)).counts), { read: 5, deleted: 5 });
    // Also when it has ended.
    assert.equal((await ask(cluster.port, 'once', body)).id, first!.id);
    const other = await ask(cluster.port, 'once', { ...body, conflicts: 'fail' });
    assert.deepEqual([other.status, other.code], [409, 'IDEMPOTENCY_KEY_REUSED']);
    assert.notEqual((await ask(cluster.port, 'twice', body)).id, first!.id);
    assert.equal((await ask(cluster.port, 'a key', body)).code, 'IDEMPOTENCY_KEY_INVALID');
  });
});

test('what a job cannot be is refused at once', async () => {
  await fill('strict', 3);
  await fill('other', 3);
  await must('PUT', `${cluster.url}/v1/indexes/rows`, {
    kind: 'rollup',
    shards: 1,
    schema: { dimensions: { page: { kind: 'keyword' } }, metrics: { views: {} } },
  });
  const jobs = `${cluster.url}/v1/jobs`;
  const body = { kind: 'deleteByQuery', index: 'strict' };
  const known = (await must<{ jobs: Job[] }>('GET', jobs)).jobs.length;
  // Each row: the request, status, code and place.
  const rows: [body: unknown, status: number, code: string, at: string | undefined][] = [
    [{}, 400, 'REQUEST_FIELD_MISSING', ''],
    [[], 400, 'REQUEST_TYPE_WRONG', ''],
    [{ ...body, kind: 'dream' }, 400, 'REQUEST_VALUE_INVALID', '/kind'],
    [{ ...body, index: undefined }, 400, 'REQUEST_FIELD_MISSING', ''],
    [{ ...body, index: 'nowhere' }, 404, 'INDEX_NOT_FOUND', undefined],
    [{ ...body, index: 'rows' }, 400, 'INDEX_KIND_WRONG', undefined],
    [{ ...body, query: { wish: {} } }, 400, 'QUERY_CLAUSE_UNKNOWN', '/query/wish'],
    [{ ...body, query: { term: { nothing: 1 } } }, 400, 'FIELD_UNKNOWN', '/query/term/nothing'],
    [{ ...body, document: {} }, 400, 'REQUEST_FIELD_UNKNOWN', '/document'],
    [{ ...body, speed: 9 }, 400, 'REQUEST_FIELD_UNKNOWN', '/speed'],
    [{ ...body, docsPerSecond: 0 }, 400, 'REQUEST_VALUE_INVALID', '/docsPerSecond'],
    [{ ...body, docsPerSecond: 1e-300 }, 400, 'REQUEST_VALUE_INVALID', '/docsPerSecond'],
    [{ ...body, conflicts: 'ask' }, 400, 'REQUEST_VALUE_INVALID', '/conflicts'],
    [{ ...body, kind: 'updateByQuery' }, 400, 'REQUEST_FIELD_MISSING', ''],
    [{ ...body, kind: 'updateByQuery', document: [] }, 400, 'REQUEST_TYPE_WRONG', '/document'],
    [{ ...body, kind: 'updateByQuery', document: { n: 'x' } }, 400, 'DOCUMENT_FIELD_TYPE', '/document/n'],
    [{ ...body, kind: 'updateByQuery', document: { m: 1 } }, 400, 'DOCUMENT_FIELD_UNKNOWN', '/document/m'],
    [{ ...body, kind: 'aggregate' }, 400, 'REQUEST_FIELD_MISSING', ''],
    [{ ...body, kind: 'aggregate', aggs: [] }, 400, 'REQUEST_TYPE_WRONG', '/aggs'],
    [{ ...body, kind: 'aggregate', aggs: {} }, 400, 'REQUEST_VALUE_INVALID', '/aggs'],
    [{ ...body, kind: 'aggregate', aggs: { a: { wish: {} } } }, 400, 'AGGREGATION_UNKNOWN', '/aggs/a/wish'],
    [{ ...body, kind: 'aggregate', aggs: { a: { sum: { field: 'm' } } } }, 400, 'FIELD_UNKNOWN', '/aggs/a/sum/field'],
    [{ ...body, kind: 'aggregate', aggs: {}, docsPerSecond: 9 }, 400, 'REQUEST_FIELD_UNKNOWN', '/docsPerSecond'],
    [{ ...body, kind: 'aggregate', aggs: {}, conflicts: 'fail' }, 400, 'REQUEST_FIELD_UNKNOWN', '/conflicts'],
    [{ ...body, kind: 'reindex' }, 400, 'REQUEST_FIELD_MISSING', ''],
    [{ ...body, alias: 'a' }, 400, 'REQUEST_FIELD_UNKNOWN', '/alias'],
    [{ ...body, kind: 'reindex', into: 'other', alias: 'none' }, 404, 'ALIAS_NOT_FOUND', undefined],
    [{ ...body, kind: 'reindex', into: 'other', alias: 'strict' }, 400, 'REQUEST_VALUE_INVALID', '/retireAs'],
    [{ ...body, kind: 'reindex', into: 'other', retireAs: 'x' }, 400, 'REQUEST_VALUE_INVALID', '/retireAs'],
    [{ ...body, kind: 'reindex', into: 'other', alias: 'strict', retireAs: 'other' }, 409, 'NAME_TAKEN', undefined],
    [{ ...body, kind: 'reindex', into: 'other', alias: 'A!' }, 400, 'INDEX_NAME_INVALID', '/alias'],
    [{ ...body, kind: 'reindex', into: 'strict' }, 400, 'REQUEST_VALUE_INVALID', '/into'],
    [{ ...body, kind: 'reindex', into: 'nowhere' }, 404, 'INDEX_NOT_FOUND', undefined],
    [{ ...body, kind: 'reindex', into: 'rows' }, 400, 'INDEX_KIND_WRONG', undefined],
    [{ ...body, query: { terms: { n: Array(70_000).fill(1) } } }, 413, 'BODY_TOO_LARGE', undefined],
  ];
  for (const [asked, status, code, at] of rows) {
    const { status: got, body: answer } = await send<{ error: { code: string; at?: string } }>('POST', jobs, asked);
    assert.deepEqual(
      [got, answer.error.code, answer.error.at],
      [status, code, at],
      JSON.stringify(asked).slice(0, 200),
    );
  }
  for (const id of ['999999', '-1', 'x', '1e3', '00']) {
    const { status, body: answer } = await send<{ error: { code: string } }>('GET', jobAt(id));
    assert.deepEqual([status, answer.error.code], [404, 'JOB_NOT_FOUND'], id);
  }
  assert.equal((await must<{ jobs: Job[] }>('GET', jobs)).jobs.length, known);
});
