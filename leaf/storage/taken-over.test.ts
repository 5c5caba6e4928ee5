/** What a leaf does whose place in object storage a copy of its cluster has claimed, anywhere in its work. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { claimsPartition } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { openClaims } from '../../shared/snapshots/claims.ts';
import { copyOf } from '../../shared/snapshots/copied-log.fixture.ts';
import { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { keepShards } from './shard-storage.ts';
import { storeShard, type StoredShard } from './store-shard.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-taken-over-'));
after(() => rmSync(folder, { recursive: true }));

const shard = { indexId: 'x0', shard: 0 };
const { signal } = new AbortController();

/** A store at which something happens between two steps of whoever uses it. */
class WatchedStore extends FolderStore {
  beforeSwap: () => Promise<void> = async () => undefined;
  afterListing: () => Promise<void> = async () => undefined;

  override async putFile(...args: Parameters<FolderStore['putFile']>): Promise<void> {
    await super.putFile(...args);
    await this.beforeSwap();
  }

  override async *list(prefix: string): AsyncIterable<string> {
    yield* super.list(prefix);
    await this.afterListing();
  }
}

/** A cluster with a claim, its copy that has claimed nothing yet, and how either stores the shard. */
async function open(name: string) {
  const path = join(folder, name);
  const log = new MemoryLog(() => 0);
  const store = new WatchedStore(path);
  const ours = new ProvedPlace(store, openClaims({ log, holder: 'leaf 1' }));
  await ours.prove();
  const copy = await copyOf(log, [claimsPartition]);
  const theirStore = new FolderStore(path);
  const theirs = new ProvedPlace(theirStore, openClaims({ log: copy, holder: 'leaf 2' }));
  const storeAs = async (by: 'us' | 'them', token: number, offset: number, text: string): Promise<StoredShard> => {
    const file = join(folder, `${name}-${by}`);
    writeFileSync(file, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return await storeShard({
      ...shard,
      store: by === 'us' ? store : theirStore,
      require: () => ({ log: 'memory', offset: token, holder: by }),
      confirm: () => (by === 'us' ? ours : theirs).confirm(),
      offset,
      files: [{ name: '1.segment', path: file, sizeBytes: text.length, sha256 }],
      documents: 1,
      timeOfDay: () => 0,
      signal,
    });
  };
  return { store, log, ours, theirs, storeAs };
}

test('storeShard: whose place was claimed by a copy while it sent its files replaces nothing', async () => {
  const { store, theirs, storeAs } = await open('sending');
  await storeAs('us', 1, 10, 'before they parted');
  store.beforeSwap = async () => void (await theirs.prove());
  await assert.rejects(storeAs('us', 2, 20, 'ours'), { code: 'STORAGE_TAKEN_OVER' });
  assert.equal((await readManifest(store, shard))!.manifest.offset, 10);
  const { manifest } = await storeAs('them', 2, 15, 'theirs');
  assert.deepEqual((await readManifest(store, shard))!.manifest, manifest);
});

test('storeShard: whose place was claimed by a copy while it collected garbage removes nothing', async () => {
  const { store, theirs, storeAs } = await open('collecting');
  await storeAs('us', 7, 10, 'before they parted');
  let stored: StoredShard | null = null;
  // The copy has lower tokens of its own: to the collector its file is garbage.
  store.beforeSwap = async () => {
    store.beforeSwap = async () => undefined;
    store.list = async function* list(prefix) {
      await theirs.prove();
      stored = await storeAs('them', 8, 30, 'theirs');
      yield* FolderStore.prototype.list.call(store, prefix);
    };
  };
  await assert.rejects(storeAs('us', 8, 20, 'ours'), { code: 'STORAGE_TAKEN_OVER' });
  const { files } = stored!.manifest;
  const keys = await Array.fromAsync(FolderStore.prototype.list.call(store, 'indexes/'));
  for (const { key } of files) assert.ok(keys.some((each) => each.endsWith(key)), key);
});

test('keepShards: whose place a copy has claimed takes nothing from there, and has nothing stored there', async (t) => {
  const { store, log, theirs, storeAs } = await open('taking');
  const unused = (): never => assert.fail('it does not come so far');
  const { promise: failed, resolve: onStoreFailed } = Promise.withResolvers<void>();
  const seen: number[] = [];
  let replicas = [{ ...shard, offset: 10, rank: 0 }];
  const storage = keepShards(
    {
      store,
      claims: openClaims({ log, holder: 'leaf 3' }),
      leases: { acquire: unused, all: unused, stopped: null, close: unused },
      intervalMs: 10,
      bytesPerSecond: 1e9,
      clock: { now: () => 0 },
      sleep: async () => undefined,
      timeOfDay: () => 0,
    },
    {
      holds: { hold: unused, use: unused, release: unused },
      replicas: () => replicas,
      log: () => 'memory',
      folder: join(folder, 'taken'),
      telemetry: silentTelemetry,
      onFetched: () => undefined,
      onFetchFailed: () => undefined,
      onStored: unused,
      onStoreFailed,
      onSeen: (place) => void seen.push(storage.storedOffset(place)),
    },
  );
  t.after(() => storage.close());
  await storeAs('us', 1, 10, 'before they parted');
  while (storage.storedOffset(shard) !== 10) await new Promise((resolve) => void setTimeout(resolve, 5));
  rmSync(await storage.take(shard, signal), { recursive: true });
  await theirs.prove();
  await storeAs('them', 2, 99, 'theirs');
  await failed;
  assert.equal(storage.storedOffset(shard), -1);
  replicas = [{ ...shard, offset: 20, rank: 0 }];
  await assert.rejects(storage.take(shard, signal), { code: 'STORAGE_TAKEN_OVER' });
  assert.deepEqual(seen, [10, -1]);
});
