/**
 * The way out for a cluster whose place in object storage a copy of it has claimed: another place of its own, and the old one to restore from. Root and leaf over
 * a folder and logs in memory, in this process.
 */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeManifest, encodeManifest } from '../../leaf/indexing/manifest.ts';
import { RestoredShards } from '../../leaf/storage/restored-shards.ts';
import { storeShard } from '../../leaf/storage/store-shard.ts';
import { CatalogCopy } from '../../root/catalog/catalog-copy.ts';
import { defineIndex } from '../../root/catalog/define-index.ts';
import { listRestorable, restoreIndex, type RestoreAsk } from '../../root/restore/restore-index.ts';
import { SnapshotDesk } from '../../root/snapshots/snapshot-desk.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { catalogPartition, claimsPartition, shardPartition } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { storeCatalog } from '../../shared/snapshots/catalog-manifest.ts';
import { openClaims } from '../../shared/snapshots/claims.ts';
import { copyOf } from '../../shared/snapshots/copied-log.fixture.ts';
import { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-way-out-'));
const at = (name: string): string => join(folder, name);
const { signal } = new AbortController();
let files = 0;
/** Of leases: each is younger than all before, whoever's it is. */
let leases = 0;

/** A cluster over a log of one index of one shard, with its place. */
async function open(log: MemoryLog, path: string, name: string) {
  const catalog = new CatalogCopy(log);
  await catalog.catchUp();
  const store = new FolderStore(path);
  const place = new ProvedPlace(store, openClaims({ log, holder: name }));
  const identity = await log.identity();
  let stored = -1;
  const books = (): { indexId: string; shard: number } => {
    return { indexId: catalog.state.indexes.get('books')!.id, shard: 0 };
  };
  const desk = new SnapshotDesk({
    store,
    place,
    log,
    catalog,
    leaves: () => [
      {
        replicas: replicasOf([
          { index: books().indexId, shard: 0, state: 'ready', offset: stored, documents: 1, stored },
        ]),
      },
    ],
    clock: systemClock,
    timers: systemTimers(systemClock),
    telemetry: silentTelemetry,
    timeOfDay: Date.now,
    newId: randomUUID,
  });
  /** Writes a document, and stores the shard and the catalog as a leaf and a root do in a round. */
  const write = async (text: string): Promise<void> => {
    const { indexId } = books();
    const writer = new BatchWriter(-1);
    writer.add('put', text, Buffer.from('{"n":1}'));
    const batch = { partition: shardPartition(indexId, 0), count: 1, bytes: writer.finish() };
    const offset = (await log.append([batch]))[0]!.lastOffset;
    await place.prove();
    await place.renew();
    const require = () => ({ log: identity, offset: ++leases, holder: name });
    const manifest = encodeManifest({ formatVersion: 1, ...books(), offset, complete: true, segments: [] });
    const described = [
      ['manifest.json', manifest],
      ['1.segment', text],
    ].map(([file, content]) => {
      const from = at(`file-${++files}`);
      writeFileSync(from, content!);
      const sha256 = createHash('sha256').update(content!).digest('hex');
      return { name: file!, path: from, sizeBytes: Buffer.byteLength(content!), sha256 };
    });
    const told = { documents: 1, timeOfDay: Date.now };
    await storeShard({
      ...books(),
      ...told,
      store,
      require,
      confirm: () => place.confirm(),
      offset,
      files: described,
      signal,
    });
    await storeCatalog({ store, require, state: catalog.state });
    stored = offset;
  };
  const keep = async (snapshot: string): Promise<void> => {
    await desk.create({ name: snapshot });
    while ((await desk.find(snapshot)).row.state === 'making') await sleep(10);
    assert.equal((await desk.find(snapshot)).row.state, 'whole');
  };
  /** Started with `--snapshots` here and `--restore-from` there: restores it, and has a leaf take its shard. @returns what the leaf has then */
  const restore = async (other: FolderStore | null, ask: RestoreAsk): Promise<string> => {
    const random = (): number => 0;
    const world = { catalog, own: { store, place }, other, userTime: Date.now, random };
    const { made } = await restoreIndex(world, ask);
    const places = { own: store, other, bytesPerSecond: 1e9, clock: systemClock, sleep: async () => undefined };
    const ground = { log: () => identity, folder: at(`taken-${made.id}`), telemetry: silentTelemetry };
    const unused = (): void => undefined;
    const leaf = new RestoredShards(places, { ...ground, onFetched: unused, onFetchFailed: unused });
    const shard = { indexId: made.id, shard: 0, kind: made.kind, restored: made.restored! };
    const taken = await leaf.take(shard, signal);
    const manifest = decodeManifest(readFileSync(join(taken, 'manifest.json'), 'utf8'), shard);
    assert.equal(manifest.offset, made.restored!.base - 1);
    return readFileSync(join(taken, '1.segment'), 'utf8');
  };
  const close = async (): Promise<void> => {
    await desk.close();
    catalog.close();
  };
  return { catalog, desk, write, keep, restore, close, world: { catalog, own: { store, place }, other: null } };
}

type Opened = Awaited<ReturnType<typeof open>>;

const contested = at('contested');
const log = new MemoryLog(() => 0);
let copied: MemoryLog;
const opened: Opened[] = [];

async function start(...given: Parameters<typeof open>): Promise<Opened> {
  const cluster = await open(...given);
  opened.push(cluster);
  return cluster;
}

before(async () => {
  const original = await start(log, contested, 'original');
  await defineIndex(original.catalog, 'books', parseIndexBody({ schema: { fields: { n: { kind: 'integer' } } } }));
  await original.write('before they parted');
  await original.keep('kept');
  const { id } = original.catalog.state.indexes.get('books')!;
  copied = await copyOf(log, [catalogPartition, claimsPartition, shardPartition(id, 0)]);
  const copy = await start(copied, contested, 'copy');
  await copy.write('by the copy');
  await copy.keep('of-the-copy');
});
after(async () => {
  for (const each of opened) await each.close();
  rmSync(folder, { recursive: true });
});

test('whose place was claimed lists and restores nothing of it', async () => {
  const { desk, restore, world } = opened[0]!;
  const error = { code: 'STORAGE_TAKEN_OVER' };
  await assert.rejects(desk.list(), error);
  const asked = { ...world, userTime: Date.now, random: () => 0 };
  for (const name of ['kept', 'of-the-copy']) {
    await assert.rejects(listRestorable(asked, name), error);
    await assert.rejects(restore(null, { index: 'books', as: 'older', at: name, aliases: true }), error);
  }
});

test('with a place of its own and the old one to restore from it goes on, and has all that is kept there', async () => {
  const moved = await start(log, at('its-own'), 'moved');
  await moved.write('after they parted');
  await moved.keep('anew');
  const old = new FolderStore(contested);
  const restored = async (as: string, name?: string): Promise<string> =>
    await moved.restore(old, { index: 'books', as, at: name, aliases: true });
  assert.equal(await restored('older', 'kept'), 'before they parted');
  assert.equal(await restored('theirs', 'of-the-copy'), 'by the copy');
  assert.equal(await restored('their-last'), 'by the copy');
  // Its own snapshots are at its own place, and are restored from there while no other is named.
  const own = await moved.restore(null, { index: 'books', as: 'own', at: 'anew', aliases: true });
  assert.equal(own, 'after they parted');
});
