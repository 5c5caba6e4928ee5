/**
 * Everything is lost but object storage, with real processes: a new cluster, with a new log, is back to what was stored, says to which
 * offsets, refuses by name what was given before, and goes on.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { restore } from '../../command/restore/restore.ts';
import { freshLogName, skipWithoutKafka } from '../../shared/log/kafka/kafka.fixture.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { readStorePlace } from '../../shared/storage/store-place.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { motoMissing, startMoto, type Moto } from '../storage/moto.ts';

const waitMsMax = 60_000;
const documents = 400;

interface Answer<B> {
  readonly status: number;
  readonly body: B;
  readonly headers: Headers;
}

interface Hit {
  readonly _id: string;
  readonly sort?: readonly unknown[];
}

interface Body {
  readonly token: string;
  readonly at: string;
  readonly result: string;
  readonly accepted: number;
  readonly sequence: number;
  readonly error: { readonly code: string; readonly detail: Readonly<Record<string, unknown>> };
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly Hit[] };
  readonly aggregations: unknown;
  readonly index: string;
  readonly id: string;
  readonly base: number;
  readonly shards: readonly number[];
  readonly state: string;
  readonly behind: number;
  readonly restored: { readonly shards: readonly number[] };
  /** In GET /v1/restores `shards` is their offsets. */
  readonly indexes: readonly {
    readonly name: string;
    readonly shards: number & readonly number[];
    readonly id: string;
    readonly index: string;
    readonly documents: number;
    readonly storedAt: string;
    readonly replicasReported: readonly {
      readonly shard: number;
      readonly state: string;
      readonly offset: number;
      readonly stored?: number;
    }[];
  }[];
}

let cluster: Cluster;

async function send(method: string, path: string, body?: unknown, headers = {}): Promise<Answer<Body>> {
  const response = await fetch(cluster.url + path, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, body: (await response.json()) as Body, headers: response.headers };
}

async function must(method: string, path: string, body?: unknown, headers = {}): Promise<Answer<Body>> {
  const answer = await send(method, path, body, headers);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < waitMsMax; waitedMs += 100) {
    if (await holds().catch(() => false)) return;
    await sleep(100);
  }
  assert.fail(`waited in vain: ${what}`);
}

/** Of the indexes named, whether storage has as much of each shard as a replica has, by what leaves tell. */
async function isStored(names: readonly string[]): Promise<boolean> {
  const { indexes } = (await must('GET', '/v1/cluster')).body;
  return names.every((name) => {
    const { shards, replicasReported } = indexes.find((index) => index.name === name)!;
    return Array.from({ length: shards }, (_, shard) => shard).every((shard) =>
      replicasReported.some((each) => each.shard === shard && (each.stored ?? -1) === each.offset),
    );
  });
}

const names = ['books', 'terms', 'clicks'];
const fields = { id: { kind: 'keyword' }, title: { kind: 'text' }, n: { kind: 'integer' } };
const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => JSON.stringify({ id: `k${from + i}`, title: `word${i % 7} all`, n: i })).join(
    '\n',
  );
const ndjson = { 'content-type': 'application/x-ndjson' };
const load = async (index: string, from: number, count: number): Promise<Body> => {
  const path = `/v1/indexes/${index}/documents?key=id&refresh=wait`;
  const { body } = await must('POST', path, lines(from, count), ndjson);
  assert.equal(body.accepted, count);
  return body;
};

const searches: [index: string, search: object][] = [
  ['books', { query: { match: { title: 'word3' } }, size: 20 }],
  [
    'library',
    { size: 0, aggregations: { sum: { sum: { field: 'n' } }, n: { histogram: { field: 'n', interval: 50 } } } },
  ],
  ['terms', { query: { bool: { must: [{ term: { title: 'word2' } }, { term: { title: 'all' } }] } }, size: 20 }],
  ['clicks', { aggs: { pages: { terms: { field: 'page' }, aggs: { views: { sum: { field: 'views' } } } } } }],
];

/** What is found, without times and tokens. */
async function answers(): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [index, search] of searches) {
    const { body } = await must('POST', `/v1/indexes/${index}/search`, { ...search, timeout: '10s' });
    found.push({ hits: body.hits, aggregations: body.aggregations });
  }
  return found;
}

const keysByPlace = async (index: string): Promise<string[]> => {
  const body = { sort: ['_doc'], size: 1000, timeout: '10s' };
  return (await must('POST', `/v1/indexes/${index}/search`, body)).body.hits.hits.map(({ _id }) => _id);
};

/** The brokers that tests were given, or none. */
const brokers = process.env['SHEAF_TEST_KAFKA'] ?? '';

/** Where clusters keep their shards, at several places. */
interface Storage {
  /** As a cluster is told of it. */
  place(name: string): string;
  copy(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
}

function inFolder(folder: string): Storage {
  const at = (name: string): string => join(folder, name);
  return {
    place: (name) => `file:${at(name)}`,
    copy: async (from, to) => cpSync(at(from), at(to), { recursive: true }),
    remove: async (name) => rmSync(at(name), { recursive: true }),
  };
}

const bucket = 'restore';

function inBucket({ endpoint, environment }: Moto): Storage {
  const place = (name: string): string => `s3://${bucket}/${name}`;
  const world = { sleep: async (ms: number) => await sleep(ms), random: createRandom(1) };
  const storeOf = (name: string): ObjectStore => openStore(readStorePlace(place(name))!, environment, world);
  return {
    place,
    copy: async (from, to) => {
      for await (const key of storeOf(from).list('')) {
        const headers = { 'x-amz-copy-source': `/${bucket}/${from}/${key}` };
        const copied = await fetch(new URL(`${bucket}/${to}/${key}`, endpoint), { method: 'PUT', headers });
        assert.ok(copied.ok, `${key}: ${copied.status}`);
      }
    },
    remove: async (name) => {
      const store = storeOf(name);
      await store.remove(await Array.fromAsync(store.list('')));
    },
  };
}

// Each row: what the log of the new cluster is, why it is not tested, what `sheaf up` is told of it, and whether shards are in a bucket, where
// there is a service for it. The old one has its log in SQLite.
const rows: [log: string, skip: string | false, args: readonly string[], isBucket: boolean][] = [
  ['SQLite', false, [], motoMissing === false],
  ['Kafka', skipWithoutKafka, ['--log', `kafka:${brokers}/${freshLogName()}`], false],
];
for (const row of rows) loseAndRestore(...row);

function loseAndRestore(log: string, skip: string | false, logArgs: readonly string[], isBucket: boolean): void {
  const where = isBucket ? 'a bucket' : 'a folder';
  suite(
    `everything is lost but object storage, in ${where}, and the new log is ${log}`,
    { skip, timeout: 300_000 },
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'sheaf-restore-'));
      const at = (name: string): string => join(folder, name);
      const start = async (name: string, ...args: string[]): Promise<void> => {
        const paces = ['--snapshot-ms', '200', '--commit-ms', '100', '--refresh-ms', '20'];
        cluster = await startCluster({
          leaves: 1,
          data: at(name),
          args: [...paces, ...args],
          env: { ...moto?.environment },
        });
      };
      let moto: Moto | null = null;
      let storage = inFolder(folder);
      let expected: unknown[];
      const ofBefore = { token: '', state: '', tag: '', lostTag: '', offsets: [] as number[], order: [] as string[] };

      before(async () => {
        if (isBucket) storage = inBucket((moto = await startMoto(bucket)));
        await start('old', '--snapshots', storage.place('stored-before'));
        await must('PUT', '/v1/indexes/books', { shards: 4, schema: { fields } });
        await must('PUT', '/v1/indexes/terms', { kind: 'term', shards: 2, schema: { fields } });
        const rollup = { dimensions: { page: { kind: 'keyword' } }, metrics: { views: {} } };
        await must('PUT', '/v1/indexes/clicks', { kind: 'rollup', shards: 2, schema: rollup });
        await must('POST', '/v1/aliases', { actions: [{ add: { alias: 'library', index: 'books', write: true } }] });
        await load('books', 0, documents);
        await must('DELETE', '/v1/indexes/books/documents/k5?refresh=wait');
        await must('PUT', '/v1/indexes/books/documents/routed?routing=r&refresh=wait', { title: 'routed', n: 1 });
        await load('terms', 0, documents);
        await must('POST', '/v1/counters/clicks', { page: 'home', views: 5 });
        await must('POST', '/v1/counters/clicks', { page: 'about', views: 2 });
        await until('all of it is stored', () => isStored(names));
        expected = await answers();
        ofBefore.order = await keysByPlace('books');
        ofBefore.state = (await must('POST', '/v1/indexes/books/search', { at: true, timeout: '10s' })).body.at;
        ofBefore.tag = (await must('GET', '/v1/indexes/books/documents/k7')).headers.get('etag')!;
        // The catalog is stored by a root, in its own time.
        await sleep(1500);
        await storage.copy('stored-before', 'stored');
        // What comes now is lost.
        ofBefore.token = (await load('books', 1000, 400)).token;
        await load('terms', 1000, 50);
        ofBefore.lostTag = (
          await must('PUT', '/v1/indexes/books/documents/k8?result=wait', { title: 'lost', n: 9 })
        ).headers.get('etag')!;
        await cluster.stop();
        rmSync(at('old'), { recursive: true });
        await storage.remove('stored-before');
        await start(
          'new',
          '--restore-from',
          storage.place('stored'),
          '--snapshots',
          storage.place('stored-anew'),
          ...logArgs,
        );
      });
      after(async () => {
        await cluster.stop();
        await moto?.stop();
        rmSync(folder, { recursive: true, force: true });
      });

      test('what there is to restore is listed, and what there is not is said', async () => {
        const { indexes } = (await must('GET', '/v1/restores')).body;
        const { shards, documents: count, storedAt } = indexes.find(({ index }) => index === 'books')!;
        ofBefore.offsets = [...shards];
        // One was deleted, and one is of another routing.
        assert.deepEqual([count, Date.parse(storedAt) < Date.now()], [documents, true]);
        assert.deepEqual(indexes.map(({ index }) => index).sort(), names.toSorted());
        const unknown = await send('POST', '/v1/restores', { index: 'nothing' });
        assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'RESTORE_NOT_FOUND']);
        const never = await send('POST', '/v1/restores', { index: 'books', at: 'never' });
        assert.deepEqual([never.status, never.body.error.code], [404, 'SNAPSHOT_NOT_FOUND']);
      });

      test('all of it is back: the same answers, and it is said up to where', async () => {
        const said: string[] = [];
        const config = { url: cluster.url, all: true, json: false, as: undefined, at: undefined, without: undefined };
        assert.equal(await restore(config, '', (line) => said.push(line)), 0);
        for (const name of names)
          assert.ok(
            said.some((line) => line.startsWith(`${name} is back from ${storage.place('stored')}`)),
            said.join('\n'),
          );
        assert.ok(said.includes('  in library again'), said.join('\n'));
        assert.deepEqual(await answers(), expected);
        assert.deepEqual(await keysByPlace('books'), ofBefore.order);
        const read = await must('GET', '/v1/indexes/books/documents/routed?routing=r');
        assert.equal(read.status, 200);
        const shown = (await must('GET', '/v1/indexes/books')).body;
        assert.deepEqual([shown.behind, shown.restored.shards], [0, ofBefore.offsets]);
        const again = await send('POST', '/v1/restores', { index: 'books' });
        assert.deepEqual([again.status, again.body.error.code], [409, 'NAME_TAKEN']);
      });

      test('tokens and states of before are refused by name, at once', async () => {
        const { token, state } = ofBefore;
        const asked: [path: string, body: object | undefined, headers: object][] = [
          ['/v1/indexes/books/search', { token }, {}],
          ['/v1/indexes/library/search', { token }, {}],
          ['/v1/indexes/books,terms/search', { token }, {}],
          ['/v1/indexes/books/search', {}, { 'sheaf-token': token }],
          ['/v1/indexes/library/search', {}, { 'sheaf-token': token }],
          ['/v1/indexes/books/search', { at: state }, {}],
          ['/v1/indexes/books/documents/k1', undefined, { 'sheaf-token': token }],
        ];
        for (const [path, body, headers] of asked) {
          const { status, body: answer } = await send(body === undefined ? 'GET' : 'POST', path, body, headers);
          assert.deepEqual([status, answer.error.code], [409, 'INDEX_RESTORED'], `${path} ${JSON.stringify(body)}`);
          assert.equal((answer.error.detail['restoredTo'] as number[]).length, 4);
        }
      });

      test('conditions of before: what was read holds, what is lost does not, whatever is written now', async () => {
        const path = '/v1/indexes/books/documents';
        const lostSequence = Number(ofBefore.lostTag.slice(1, -1).split('.')[1]);
        const lost = async (): Promise<number> =>
          (await send('PUT', `${path}/k8`, { title: 'late', n: 0 }, { 'if-match': ofBefore.lostTag })).status;
        assert.equal(await lost(), 412);
        // Written so often that it would have the sequence of the write that is lost, were that given again.
        for (let sequence = -1; sequence < lostSequence;) {
          sequence = (await must('PUT', `${path}/k8?result=wait`, { title: 'word1', n: 1 })).body.sequence;
        }
        assert.equal(await lost(), 412);
        const held = await must('PUT', `${path}/k7`, { title: 'conditional', n: 1 }, { 'if-match': ofBefore.tag });
        assert.equal(held.body.result, 'updated');
      });

      test('new writes are found with their tokens, behind all of before; jobs and increments go on', async () => {
        const { token } = await load('books', 2000, 30);
        const search = { query: { term: { n: 29 } }, token, size: 10, timeout: '10s' };
        const found = (await must('POST', '/v1/indexes/books/search', search)).body.hits.hits.map(({ _id }) => _id);
        assert.deepEqual(found.toSorted(), ['k2029', 'k29'].toSorted());
        const order = await keysByPlace('books');
        assert.equal(order.filter((key) => Number(key.slice(1)) >= 2000).length, 30);
        const untouched = (key: string): boolean => ofBefore.order.includes(key) && key !== 'k7' && key !== 'k8';
        assert.deepEqual(order.filter(untouched), ofBefore.order.filter(untouched));
        const terms = await load('terms', 2000, 30);
        const both = { query: { bool: { must: [{ term: { title: 'word2' } }, { term: { title: 'all' } }] } } };
        const { hits } = (
          await must('POST', '/v1/indexes/terms/search', { ...both, token: terms.token, timeout: '10s' })
        ).body;
        const isHit = (i: number): boolean => i % 7 === 2;
        const wanted = [documents, 30].map((count) => Array.from({ length: count }, (_, i) => i).filter(isHit).length);
        assert.equal(hits.total.value, wanted[0]! + wanted[1]!);
        const counted = await must(
          'POST',
          '/v1/counters/clicks',
          { page: 'home', views: 1 },
          { 'idempotency-key': 'a' },
        );
        await must('POST', '/v1/counters/clicks', { page: 'home', views: 1 }, { 'idempotency-key': 'a' });
        const sums = { token: counted.body.token, aggs: { views: { sum: { field: 'views' } } } };
        const { aggregations } = (await must('POST', '/v1/indexes/clicks/search', sums)).body;
        assert.deepEqual(aggregations, { views: { value: 8 } });
        const job = (
          await must('POST', '/v1/jobs', { kind: 'deleteByQuery', index: 'library', query: { term: { n: 29 } } })
        ).body;
        await until('the job is done', async () => (await must('GET', `/v1/jobs/${job.id}`)).body.state === 'done');
        await until('they are gone', async () => {
          const { body } = await must('POST', '/v1/indexes/books/search', { query: { term: { n: 29 } } });
          return body.hits.total.value === 0;
        });
      });

      test('it is stored anew: leaves that lose their disks need the place of before no more', async () => {
        await until('all of it is stored', () => isStored(names));
        const answered = await answers();
        await must('POST', '/v1/snapshots', { name: 'kept' });
        await until(
          'the snapshot is whole',
          async () => (await must('GET', '/v1/snapshots/kept')).body.state === 'whole',
        );
        await cluster.stop();
        rmSync(at('new/leaf-0'), { recursive: true });
        await storage.remove('stored');
        await start('new', '--snapshots', storage.place('stored-anew'), ...logArgs);
        assert.deepEqual(await answers(), answered);
      });

      test('a snapshot that is kept is restored beside the index, and what is not kept is not', async () => {
        const order = await keysByPlace('books');
        await must('PUT', '/v1/indexes/books/documents/k1?refresh=wait', { title: 'after', n: 1 });
        const unkept = await send('POST', '/v1/restores', { index: 'books', as: 'books-kept' });
        assert.deepEqual([unkept.status, unkept.body.error.code], [409, 'RESTORE_NEEDS_SNAPSHOT']);
        const said: string[] = [];
        const config = { url: cluster.url, all: false, json: false, as: 'books-kept', at: 'kept', without: undefined };
        assert.equal(await restore(config, 'books', (line) => said.push(line)), 0);
        assert.deepEqual(await keysByPlace('books-kept'), order);
        const { indexes } = (await must('GET', '/v1/cluster')).body;
        const base = Number.parseInt(indexes.find(({ name }) => name === 'books-kept')!.id.split('-')[2]!, 36);
        const { sequence } = (
          await must('PUT', '/v1/indexes/books-kept/documents/k1?result=wait', { title: 'x', n: 2 })
        ).body;
        assert.ok(sequence >= base, `${sequence} ${base}`);
      });
    },
  );
}
