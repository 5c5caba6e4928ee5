/**
 * Shards in object storage, with real processes: every leaf loses its disk, the log has let go of what is stored, and the
 * answers are the same.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectLog } from '../../shared/log/client.ts';
import { shardPartition } from '../../shared/log/log.ts';
import { createRandom } from '../../shared/random/random.ts';
import { readSecret } from '../../shared/secret/secret-file.ts';
import { readCatalogManifest } from '../../shared/snapshots/catalog-manifest.ts';
import { readKeptShard } from '../../shared/snapshots/kept-shard.ts';
import { readKeptSnapshot } from '../../shared/snapshots/kept-snapshot.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import { filesPrefix } from '../../shared/snapshots/shard-manifest.ts';
import { motoMissing, startMoto, type Moto } from '../storage/moto.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { readStorePlace } from '../../shared/storage/store-place.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';

const seed = 7;
const shards = 2;
const documents = 1500;
const waitMsMax = 60_000;

interface Body {
  readonly id: string;
  readonly indexes: readonly {
    readonly name: string;
    readonly id: string;
    readonly offsets: readonly number[];
    readonly replicasReported: readonly { readonly shard: number; readonly stored?: number }[];
  }[];
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly unknown[] };
  readonly aggregations: unknown;
  readonly accepted: number;
  readonly state: string;
}

async function ask(url: string, method: string, path: string, body?: string, headers = {}): Promise<Body> {
  const response = await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { body }),
    headers: { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Body;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < waitMsMax; waitedMs += 100) {
    if (await holds().catch(() => false)) return;
    await sleep(100);
  }
  assert.fail(`waited in vain: ${what}`);
}

/** Writes, changes and deletes documents by the seed. */
async function write(url: string, from: number): Promise<void> {
  const random = createRandom(seed + from);
  const lines = Array.from({ length: documents }, (_, i) =>
    JSON.stringify({ id: `k${from + i}`, title: `word${random.integer(0, 50)} word${random.integer(0, 50)}`, n: i }),
  );
  const { accepted } = await ask(url, 'POST', '/v1/indexes/books/documents?key=id&refresh=wait', lines.join('\n'), {
    'content-type': 'application/x-ndjson',
  });
  assert.equal(accepted, documents);
  const changed = Array.from({ length: 20 }, () => `k${from + random.integer(0, documents - 1)}`);
  const body = JSON.stringify({ title: 'changed', n: -1 });
  await Promise.all(changed.map((key) => ask(url, 'PUT', `/v1/indexes/books/documents/${key}?refresh=wait`, body)));
  await ask(url, 'DELETE', `/v1/indexes/books/documents/k${from + 7}?refresh=wait`);
}

const searches = [
  { query: { match: { title: 'word7' } }, size: 20 },
  { query: { match: { title: 'changed' } }, size: 100, sort: ['n'] },
  { size: 0, aggregations: { byNumber: { histogram: { field: 'n', interval: 100 } }, sum: { sum: { field: 'n' } } } },
];

/** What is found, without times and tokens. */
async function answers(url: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const search of searches) {
    const body = await ask(url, 'POST', '/v1/indexes/books/search', JSON.stringify({ ...search, timeout: '10s' }));
    assert.ok(body.hits.total.value > 0, JSON.stringify(search));
    found.push({ hits: body.hits, aggregations: body.aggregations });
  }
  return found;
}

const places: [name: string, skip: string | false, place: (folder: string) => string][] = [
  ['a folder', false, (folder) => `file:${join(folder, 'storage')}`],
  ['a bucket', motoMissing, () => 's3://snapshots/tests'],
];

// Each waits for the most part, and so beside the other.
suite('shards in object storage', { concurrency: true }, () => {
  for (const [name, skip, placeOf] of places) {
    suite(`shards in ${name}`, { skip, concurrency: 1, timeout: 300_000 }, () => {
      const folder = mkdtempSync(join(tmpdir(), 'sheaf-snapshots-'));
      const data = join(folder, 'data');
      const place = placeOf(folder);
      let moto: Moto | null = null;
      let cluster: Cluster;
      let store: ObjectStore;
      let indexId: string;

      const start = async (): Promise<Cluster> =>
        await startCluster({
          leaves: 2,
          replicas: 2,
          data,
          args: ['--snapshots', place, '--snapshot-ms', '200', '--commit-ms', '100', '--log-kept-entries', '0'],
          env: { ...moto?.environment },
        });
      const openLog = () =>
        connectLog({
          address: { host: '127.0.0.1', port: cluster.port + 1 },
          secret: readSecret(join(data, 'secret')),
          random: Math.random,
          producer: `test ${process.pid}`,
        });
      const partitions = (): string[] => Array.from({ length: shards }, (_, shard) => shardPartition(indexId, shard));
      const stored = async (): Promise<number[]> => {
        const found = Array.from({ length: shards }, (_, shard) => readManifest(store, { indexId, shard }));
        return (await Promise.all(found)).map((one) => one?.manifest.offset ?? -1);
      };
      const untilStored = async (): Promise<void> => {
        const log = openLog();
        const heads = await log.heads(partitions());
        await log.close();
        await until('the store has everything', async () => (await stored()).join() === heads.join());
      };

      /** Nobody but the store and the leaves has what was written. */
      const untilTrimmed = async (): Promise<void> => {
        const log = openLog();
        const heads = await log.heads(partitions());
        const all = heads.map((head) => head + 1).join();
        await until('the log has let go of everything', async () => (await log.earliest(partitions())).join() === all);
        await log.close();
      };
      /** Replicas that the leaves have taken from the store since they started. */
      const fetched = async (): Promise<number> => {
        const pages = await Promise.all(
          [0, 1].map((leaf) =>
            fetch(`http://127.0.0.1:${cluster.port + 10 + leaf}/metrics`).then((page) => page.text()),
          ),
        );
        return pages.reduce((sum, page) => sum + Number(/^sheaf_leaf_replicas_fetched_total (\d+)/m.exec(page)![1]), 0);
      };

      const answersOutliveLeaves = async (): Promise<void> => {
        await untilStored();
        const expected = await answers(cluster.url);
        await untilTrimmed();
        await cluster.stop();
        for (const leaf of ['leaf-0', 'leaf-1']) rmSync(join(data, leaf), { recursive: true });
        cluster = await start();
        assert.deepEqual(await answers(cluster.url), expected);
      };

      before(async () => {
        if (name === 'a bucket') moto = await startMoto('snapshots');
        const world = { sleep: async (ms: number) => await sleep(ms), random: createRandom(1) };
        store = openStore(readStorePlace(place)!, { ...moto?.environment }, world);
        cluster = await start();
        const schema = { fields: { id: { kind: 'keyword' }, title: { kind: 'text' }, n: { kind: 'integer' } } };
        await ask(cluster.url, 'PUT', '/v1/indexes/books', JSON.stringify({ shards, replicas: 2, schema }));
        indexId = (await ask(cluster.url, 'GET', '/v1/cluster')).indexes.find((index) => index.name === 'books')!.id;
      });
      after(async () => {
        await cluster.stop();
        await moto?.stop();
        rmSync(folder, { recursive: true, force: true });
      });

      test('all leaves lose their disks and the log has let go of what is stored: the same answers', async () => {
        await write(cluster.url, 0);
        await answersOutliveLeaves();
        assert.ok((await fetched()) >= shards, 'each shard came from the store once at least');
      });

      test('the cluster says up to where the store has each shard', async () => {
        const heads = await stored();
        await until('a leaf has told it of each shard', async () => {
          const told = (await ask(cluster.url, 'GET', '/v1/cluster')).indexes[0]!.replicasReported;
          return heads.every((head, shard) =>
            told.some((replica) => replica.shard === shard && replica.stored === head),
          );
        });
      });

      test('the catalog is in the store, and a snapshot is kept of all that was acknowledged, until it is deleted', async () => {
        await until('the catalog is stored', async () => {
          const found = await readCatalogManifest(store);
          return found !== null && Object.values(found.manifest.catalog.indexes).some(({ id }) => id === indexId);
        });
        await ask(cluster.url, 'POST', '/v1/indexes/books/documents', '{"title":"last","n":0}\n', {
          'content-type': 'application/x-ndjson',
        });
        const log = openLog();
        const heads = await log.heads(partitions());
        await log.close();
        await ask(cluster.url, 'POST', '/v1/snapshots', '{"name":"before"}');
        const path = '/v1/snapshots/before';
        await until('it is whole', async () => (await ask(cluster.url, 'GET', path)).state === 'whole');
        assert.deepEqual((await ask(cluster.url, 'GET', path)).indexes[0]!.offsets, heads);
        const { id, shards: kept } = await readKeptSnapshot(store, 'before');
        const there = new Set(await Array.fromAsync(store.list(`indexes/${indexId}/`)));
        for (const { shard, offset } of kept) {
          const shardPlace = { indexId, shard };
          const manifest = (await readKeptShard(store, shardPlace, id))!;
          assert.equal(manifest.offset, offset);
          for (const { key } of manifest.files) assert.ok(there.has(filesPrefix(shardPlace) + key), key);
        }
        await ask(cluster.url, 'DELETE', path);
        await assert.rejects(readKeptSnapshot(store, 'before'), { code: 'SNAPSHOT_NOT_FOUND' });
        for (const { shard } of kept) assert.equal(await readKeptShard(store, { indexId, shard }, id), null);
      });

      test('what was remembered of keys came along: a condition of before holds, and versions go on', async () => {
        const path = '/v1/indexes/books/documents/k100';
        const read = await fetch(cluster.url + path);
        assert.equal(read.status, 200, await read.text());
        const etag = read.headers.get('etag')!;
        await ask(cluster.url, 'PUT', path, JSON.stringify({ title: 'conditional', n: 5 }), { 'if-match': etag });
        const again = await fetch(cluster.url + path, {
          method: 'PUT',
          body: '{"title":"late","n":6}',
          headers: { 'if-match': etag, 'content-type': 'application/json' },
        });
        assert.equal(again.status, 412);
      });

      test('leaves are killed while they store, and writes go on: what is stored last is whole', async () => {
        for (let round = 1; round <= 2; round++) {
          await write(cluster.url, round * documents);
          const leaf = `leaf-${round % 2}`;
          const pid = cluster.pids()[leaf];
          cluster.signal(leaf, 'SIGKILL');
          await until(`${leaf} is there again`, async () => {
            const ready = await fetch(`http://127.0.0.1:${cluster.port + 10 + (round % 2)}/v1/health/ready`);
            return ready.ok && cluster.pids()[leaf] !== pid;
          });
        }
        await answersOutliveLeaves();
      });
    });
  }
});
