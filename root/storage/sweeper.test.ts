/** What is removed from object storage, over a folder and a log in memory: one row after the other in one store. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { applyCatalogEntry, emptyCatalog, type CatalogState } from '../../shared/catalog/catalog.ts';
import { indexIdAt } from '../../shared/catalog/index-id.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { openLeases } from '../../shared/lease/leases.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { storeCatalog } from '../../shared/snapshots/catalog-manifest.ts';
import { keepShard } from '../../shared/snapshots/kept-shard.ts';
import { changeKeptTable, type KeptRow } from '../../shared/snapshots/kept-table.ts';
import { keptSnapshotKey } from '../../shared/snapshots/kept-snapshot.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import { encodeShardManifest, fileKey, filesPrefix, manifestKey } from '../../shared/snapshots/shard-manifest.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { Sweeper } from './sweeper.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-sweeper-'));
after(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();
const definition = { kind: 'document', shards: 1, replicas: 1, schema: { dynamic: false, fields: {} } };

function after5(state: CatalogState, name: string, change: object): CatalogState {
  return applyCatalogEntry(state, state.offset + 1, name, Buffer.from(JSON.stringify(change)));
}

/** A store with a catalog of `books`, created at offset 0, and of `films`, created at 1 and deleted at 2. */
async function open(name: string) {
  const path = join(folder, name);
  mkdirSync(path);
  const store = new FolderStore(path);
  const log = new MemoryLog(() => 0, 'log-1');
  const parts = { clock: systemClock, timers: systemTimers(systemClock), telemetry: silentTelemetry };
  const leases = openLeases({ ...parts, log, holder: 'root-1' });
  // Tokens of leases from here on are higher than those of the shards.
  for (let i = 0; i < 8; i++) (await leases.acquire('earlier', { ttlMs: 10_000 })).release();
  const sweeper = new Sweeper({ store, place: { confirm: async () => undefined }, leases, telemetry: silentTelemetry });
  let state = after5(emptyCatalog, 'books', { change: 'create', definition, atMs: 5 });
  state = after5(state, 'films', { change: 'create', definition, atMs: 5 });
  state = after5(state, 'films', { change: 'delete', id: indexIdAt(1) });
  const token = { log: 'log-1', offset: 100, holder: 'root-1' };
  const { manifest } = await storeCatalog({ store, require: () => token, state });
  const put = async (indexId: string, text: string, under: number, of = 'log-1') => {
    const file = join(folder, `${name}.file`);
    writeFileSync(file, text);
    const content = { sizeBytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
    const key = fileKey({ log: of, offset: under, holder: 'leaf' }, 0, content);
    await store.putFile(filesPrefix({ indexId, shard: 0 }) + key, file, content, { signal });
    return { name: `${text}.segment`, key, ...content };
  };
  /** As a leaf does that ends before it has collected. */
  const bring = async (indexId: string, text: string, under: number, of = 'log-1'): Promise<void> => {
    const place = { indexId, shard: 0 };
    const before = await readManifest(store, place);
    const files = [await put(indexId, text, under, of)];
    const written = { log: of, offset: under, holder: 'leaf' };
    const number = (before?.manifest.number ?? 0) + 1;
    const next = {
      formatVersion: 1,
      number,
      token: written,
      ...place,
      offset: under,
      documents: 1,
      storedAtMs: 0,
      files,
    };
    await store.swap(manifestKey(place), encodeShardManifest(next), before?.version ?? null);
  };
  const setRows = async (rows: readonly Partial<KeptRow>[]): Promise<void> => {
    const counts = { createdAtMs: 0, beat: 0, shards: 1, keptShards: 1, documents: 1, bytes: 1 };
    const whole = { name: 'n', state: 'whole', ...counts } as const;
    await changeKeptTable(store, () => rows.map((row) => ({ ...whole, id: 'none', ...row })));
  };
  /** What of shards and snapshots is there, without the SHA of files. */
  const there = async (): Promise<string> => {
    const keys = (await Array.fromAsync(store.list(''))).filter((key) => /^(indexes|snapshots)\//.test(key));
    return keys
      .map((key) => key.replace(/-0-[0-9a-f]{16}$/, '').replace('indexes/', ''))
      .sort()
      .join(' ');
  };
  const sweep = async (): Promise<number> => await sweeper.sweep(manifest, signal);
  return {
    path,
    store,
    bring,
    setRows,
    there,
    sweep,
    close: (): void => leases.close(),
  };
}

const books = indexIdAt(0);
const films = indexIdAt(1);
const later = indexIdAt(3);

test('Sweeper: a deleted index goes in the second round, what has not been read of and what is another log’s never', async () => {
  const { bring, there, sweep, close } = await open('deleted');
  await bring(books, 'a', 5);
  await bring(films, 'b', 5);
  await bring(later, 'c', 5);
  await bring(indexIdAt(2), 'd', 5, 'another');
  const all = `${books}/0/files/5 ${books}/0/manifest ${films}/0/files/5 ${films}/0/manifest`;
  const others = `${indexIdAt(2)}/0/files/5 ${indexIdAt(2)}/0/manifest ${later}/0/files/5 ${later}/0/manifest`;
  assert.equal(await sweep(), 0);
  assert.equal(await there(), `${all} ${others}`);
  assert.equal(await sweep(), 2);
  assert.equal(await there(), `${books}/0/files/5 ${books}/0/manifest ${others}`);
  assert.equal(await sweep(), 0);
  close();
});

test('Sweeper: what a snapshot names of a deleted index stays until that is let go', async () => {
  const { store, bring, setRows, there, sweep, close } = await open('kept');
  await bring(films, 'a', 5);
  await setRows([{ id: 's1' }]);
  await keepShard({ store, indexId: films, shard: 0, snapshotId: 's1', log: 'log-1' });
  await bring(films, 'b', 6);
  await sweep();
  assert.equal(await sweep(), 2);
  assert.equal(await there(), `${films}/0/files/5 ${films}/0/kept/s1`);
  await setRows([]);
  // What was kept at once, what it named after it was found twice.
  assert.deepEqual([await sweep(), await sweep(), await sweep()], [1, 1, 0]);
  assert.equal(await there(), '');
  close();
});

test('Sweeper: a shard that nobody stores again loses what only a deleted snapshot named, and its manifest is raised first', async () => {
  const { store, bring, setRows, there, sweep, close } = await open('shard');
  await bring(books, 'a', 5);
  await setRows([{ id: 's1' }, { id: 's2', state: 'making' }]);
  for (const snapshotId of ['s1', 's2', 's3']) {
    await keepShard({ store, indexId: books, shard: 0, snapshotId, log: 'log-1' });
  }
  await store.swap(keptSnapshotKey('s3'), Buffer.from('x'), null);
  await bring(books, 'b', 6);
  assert.equal(await sweep(), 2, 'of s3, which has no row');
  assert.equal(await sweep(), 0);
  const left = `${books}/0/files/6`;
  assert.equal(await there(), `${books}/0/files/5 ${left} ${books}/0/kept/s1 ${books}/0/kept/s2 ${books}/0/manifest`);
  await setRows([]);
  const before = (await readManifest(store, { indexId: books, shard: 0 }))!.manifest;
  assert.deepEqual([await sweep(), await sweep(), await sweep()], [2, 1, 0]);
  assert.equal(await there(), `${left} ${books}/0/manifest`);
  const { manifest } = (await readManifest(store, { indexId: books, shard: 0 }))!;
  assert.deepEqual([manifest.number, manifest.offset, manifest.files], [before.number + 1, 6, before.files]);
  assert.ok(manifest.token.offset > before.token.offset);
  close();
});

test('Sweeper: what was begun goes where it has not grown between two rounds', async () => {
  const { path, store, bring, sweep, close } = await open('unfinished');
  await bring(books, 'a', 5);
  const [still, grows] = ['still', 'grows'].map((name) => join(path, '.unfinished', name)) as [string, string];
  for (const each of [still, grows]) writeFileSync(each, 'a');
  assert.equal(await sweep(), 0);
  appendFileSync(grows, 'b');
  assert.equal(await sweep(), 1);
  assert.deepEqual(await store.unfinished(), [{ name: 'grows', sizeBytes: 2 }]);
  close();
});
