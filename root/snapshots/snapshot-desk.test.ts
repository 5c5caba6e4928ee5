/** Snapshots that are kept, over a folder and a log in memory. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { claimsPartition, shardPartition } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { replicasOf, type Replicas } from '../../shared/protocol/replicas.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { openClaims } from '../../shared/snapshots/claims.ts';
import { copyOf } from '../../shared/snapshots/copied-log.fixture.ts';
import { readKeptShard } from '../../shared/snapshots/kept-shard.ts';
import { readKeptTable } from '../../shared/snapshots/kept-table.ts';
import { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { encodeShardManifest, fileKey, filesPrefix, manifestKey } from '../../shared/snapshots/shard-manifest.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { defineIndex, deleteIndex } from '../catalog/define-index.ts';
import { SnapshotDesk } from './snapshot-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-desk-'));
after(() => rmSync(folder, { recursive: true }));

const shards = 2;

/** A cluster of one index whose leaves are played by the test. */
async function openDesk(name: string) {
  const log = new MemoryLog(() => 0);
  const catalog = new CatalogCopy(log);
  const define = async (index: string): Promise<string> => {
    const body = parseIndexBody({ shards, schema: { fields: { n: { kind: 'integer' } } } });
    return (await defineIndex(catalog, index, body)).definition.id;
  };
  const indexId = await define('books');
  const store = new FolderStore(join(folder, name));
  let leaves: { readonly replicas: Replicas }[] = [];
  const desk = new SnapshotDesk({
    store,
    place: new ProvedPlace(store, openClaims({ log, holder: 'root' })),
    log,
    catalog,
    leaves: () => leaves,
    clock: systemClock,
    timers: systemTimers(systemClock),
    telemetry: silentTelemetry,
    timeOfDay: () => 1_000_000,
    newId: randomUUID,
  });
  const identity = await log.identity();
  /** As a leaf does: a file, the manifest, a word to the root. */
  const bring = async (shard: number, offset: number, number = 1, id = indexId): Promise<void> => {
    const path = join(folder, 'file');
    const text = `${shard} ${offset}`;
    writeFileSync(path, text);
    const content = { sizeBytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
    const place = { indexId: id, shard };
    const token = { log: identity, offset: number, holder: 'leaf' };
    const key = fileKey(token, 0, content);
    await store.putFile(filesPrefix(place) + key, path, content, { signal: new AbortController().signal });
    const before = await store.read(manifestKey(place));
    const files = [{ name: '1.segment', key, ...content }];
    const manifest = { formatVersion: 1, number, token, ...place, offset, documents: offset + 1, storedAtMs: 0, files };
    await store.swap(manifestKey(place), encodeShardManifest(manifest), before?.version ?? null);
    const told = { index: id, shard, state: 'ready', offset, documents: 1, stored: offset } as const;
    leaves = [...leaves, { replicas: replicasOf([told]) }];
  };
  const write = async (shard: number, id = indexId): Promise<void> => {
    const writer = new BatchWriter(-1);
    writer.add('put', 'k', Buffer.from('{"n":1}'));
    await log.append([{ partition: shardPartition(id, shard), count: 1, bytes: writer.finish() }]);
  };
  const ended = async (snapshot: string): Promise<Awaited<ReturnType<SnapshotDesk['find']>>> => {
    for (;;) {
      const found = await desk.find(snapshot);
      if (found.row.state !== 'making') return found;
      await sleep(10);
    }
  };
  const close = async (): Promise<void> => {
    await desk.close();
    catalog.close();
  };
  return { store, log, catalog, desk, indexId, define, bring, write, ended, close };
}

test('SnapshotDesk: one is whole once each shard is stored up to where it was at the start', async (t) => {
  const { store, desk, indexId, bring, write, ended, close } = await openDesk('whole');
  t.after(close);
  await write(0);
  await write(0);
  await write(1);
  await bring(0, 0);
  await desk.create({ name: 'first' });
  await assert.rejects(desk.create({ name: 'first' }), { code: 'SNAPSHOT_EXISTS' });
  assert.equal((await desk.find('first')).row.state, 'making');
  await bring(1, 0);
  await bring(0, 1, 2);
  const { row, snapshot } = await ended('first');
  assert.deepEqual([row.state, row.shards, row.keptShards, row.documents, row.bytes], ['whole', 2, 2, 3, 6]);
  assert.deepEqual(
    snapshot!.shards.toSorted((a, b) => a.shard - b.shard),
    [
      { indexId, shard: 0, offset: 1, documents: 2 },
      { indexId, shard: 1, offset: 0, documents: 1 },
    ],
  );
  assert.deepEqual(Object.keys(snapshot!.catalog.indexes), ['books']);
  // What is stored later changes nothing of it.
  await bring(0, 7, 3);
  assert.equal((await readKeptShard(store, { indexId, shard: 0 }, row.id))!.offset, 1);
});

test('SnapshotDesk: a shard without entries needs nothing; an index that is created meanwhile is not in it', async (t) => {
  const { desk, indexId, define, bring, write, ended, close } = await openDesk('empty');
  t.after(close);
  await write(0);
  await desk.create({ name: 'first' });
  // It knows what it is to have.
  while ((await desk.find('first')).row.shards === 0) await sleep(5);
  const later = await define('later');
  await write(0, later);
  await bring(0, 0);
  const { snapshot } = await ended('first');
  assert.deepEqual(Object.keys(snapshot!.catalog.indexes), ['books']);
  assert.deepEqual(
    snapshot!.shards.map(({ indexId: id, shard, offset }) => `${id === indexId} ${shard} ${offset}`).sort(),
    ['true 0 0', 'true 1 -1'],
  );
});

test('SnapshotDesk: one that is late has failed, says what is lacking, leaves nothing, and can be made again', async (t) => {
  const { store, desk, indexId, bring, write, ended, close } = await openDesk('late');
  t.after(close);
  await write(0);
  await write(1);
  await bring(0, 0);
  await desk.create({ name: 'first', timeout: 1 });
  const { row } = await ended('first');
  assert.deepEqual(
    [row.state, row.error?.code, row.error?.detail],
    ['failed', 'SNAPSHOT_LATE', { timeoutMs: 1, lacking: 1, shards: [`${indexId}/1 to 0`] }],
  );
  await bring(1, 0);
  await desk.create({ name: 'first' });
  const again = await ended('first');
  assert.equal(again.row.state, 'whole');
  assert.equal((await readKeptTable(store)).length, 1);
  const kept = (await Array.fromAsync(store.list(''))).filter((key) => key.includes('/kept/'));
  assert.ok(kept.length === 2 && kept.every((key) => key.endsWith(again.row.id)), kept.join());
});

test('SnapshotDesk: what is deleted is gone with all that it had; one that is being made ends', async (t) => {
  const { store, desk, bring, write, ended, close } = await openDesk('deleted');
  t.after(close);
  await write(0);
  await bring(0, 0);
  await desk.create({ name: 'first' });
  await ended('first');
  await write(1);
  await desk.create({ name: 'second' });
  const left = async (): Promise<string[]> => {
    return (await Array.fromAsync(store.list(''))).filter((key) => /kept\/|snapshots\//.test(key));
  };
  // Of the first its one shard and itself, of the second the same shard; the other one is waited for.
  while ((await left()).length < 3) await sleep(10);
  await desk.delete('first');
  assert.equal((await left()).length, 1);
  await desk.delete('second');
  await assert.rejects(desk.delete('first'), { code: 'SNAPSHOT_NOT_FOUND' });
  assert.deepEqual(await desk.list(), []);
  await close();
  assert.deepEqual(await left(), []);
});

/** Keys of what is kept of shards, of a store. */
async function keptOf(store: FolderStore, indexId: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(`indexes/${indexId}/`))).filter((key) => key.includes('/kept/'));
}

// Each row: when the index is deleted, and whether its shards are kept by then.
for (const [when, isKept] of [
  ['before its shards are stored', false],
  ['after its shards were kept', true],
  ['when the last shard of all was kept', true],
] as const) {
  test(`SnapshotDesk: an index that is deleted ${when} is waited for no longer, and not in it`, async (t) => {
    const { store, catalog, desk, indexId, define, bring, write, ended, close } = await openDesk(`dropped ${when}`);
    t.after(close);
    const films = await define('films');
    for (const shard of [0, 1]) await write(shard, films);
    await write(0);
    if (isKept) for (const shard of [0, 1]) await bring(shard, 0, 1, films);
    if (when === 'when the last shard of all was kept') {
      const swap = store.swap.bind(store);
      store.swap = async (...args) => {
        const version = await swap(...args);
        if (args[0].startsWith(`indexes/${indexId}/0/kept/`)) await deleteIndex(catalog, 'films');
        return version;
      };
    }
    await desk.create({ name: 'first' });
    while ((await desk.find('first')).row.shards !== 2 * shards) await sleep(5);
    if (isKept) while ((await keptOf(store, films)).length < shards) await sleep(5);
    if (when !== 'when the last shard of all was kept') await deleteIndex(catalog, 'films');
    await bring(0, 0);
    const { row, snapshot } = await ended('first');
    assert.deepEqual([row.state, row.shards, row.keptShards], ['whole', shards, shards]);
    assert.deepEqual(Object.keys(snapshot!.catalog.indexes), ['books']);
    assert.deepEqual(new Set(snapshot!.shards.map(({ indexId: id }) => id)), new Set([indexId]));
    assert.deepEqual(await keptOf(store, films), []);
  });
}

test('SnapshotDesk: a shard whose manifest goes between the look at it and its keeping is not kept as one of nothing', async (t) => {
  const { store, desk, indexId, bring, write, ended, close } = await openDesk('between');
  t.after(close);
  await write(0);
  await bring(0, 0);
  const read = store.read.bind(store);
  const looks: string[] = [];
  store.read = async (key) => {
    const found = await read(key);
    if (key === manifestKey({ indexId, shard: 0 }) && looks.push(key) === 1) await store.remove([key]);
    return found;
  };
  await desk.create({ name: 'first' });
  while (looks.length < 4 && (await desk.find('first')).row.state === 'making') await sleep(5);
  assert.equal((await desk.find('first')).row.state, 'making');
  await bring(0, 3, 2);
  const { snapshot } = await ended('first');
  assert.equal(snapshot!.shards.find(({ shard }) => shard === 0)!.offset, 3);
});

test('SnapshotDesk: whose place a copy of the cluster has claimed neither lists nor shows what is kept there', async (t) => {
  const { store, log, desk, bring, write, ended, close } = await openDesk('claimed');
  t.after(close);
  await write(0);
  await bring(0, 0);
  await desk.create({ name: 'first' });
  await ended('first');
  assert.equal((await desk.list()).length, 1);
  const copy = await copyOf(log, [claimsPartition]);
  await new ProvedPlace(store, openClaims({ log: copy, holder: 'root of the copy' })).prove();
  const error = { code: 'STORAGE_TAKEN_OVER' };
  await assert.rejects(desk.list(), error);
  await assert.rejects(desk.find('first'), error);
  await assert.rejects(desk.delete('first'), error);
  await assert.rejects(desk.create({ name: 'second' }), error);
  assert.equal((await readKeptTable(store)).length, 1);
});

test('SnapshotDesk: what is asked is read strictly', async (t) => {
  const { desk, close } = await openDesk('strict');
  t.after(close);
  const rows: [body: unknown, code: string][] = [
    [undefined, 'BODY_MISSING'],
    [{}, 'REQUEST_FIELD_MISSING'],
    [{ name: 7 }, 'REQUEST_TYPE_WRONG'],
    [{ name: 'A' }, 'SNAPSHOT_NAME_INVALID'],
    [{ name: '../a' }, 'SNAPSHOT_NAME_INVALID'],
    [{ name: 'a'.repeat(101) }, 'SNAPSHOT_NAME_INVALID'],
    [{ name: 'a', timeout: '90x' }, 'REQUEST_VALUE_INVALID'],
    [{ name: 'a', time: 1 }, 'REQUEST_FIELD_UNKNOWN'],
  ];
  for (const [body, code] of rows) await assert.rejects(desk.create(body), { code }, JSON.stringify(body));
  await assert.rejects(desk.find('none'), { code: 'SNAPSHOT_NOT_FOUND' });
});
