/** What a leaf does whose place in object storage a copy of its cluster has claimed, anywhere in its work. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
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

/** A cluster with a claim, how it stores the shard, and how a copy of it as it is then takes the place over and stores it. */
async function open(name: string) {
  const path = join(folder, name);
  const log = new MemoryLog(() => 0);
  const store = new WatchedStore(path);
  const place = new ProvedPlace(store, openClaims({ log, holder: 'leaf 1' }));
  await place.prove();
  const storeAs = async (by: ProvedPlace, token: number, offset: number, text: string): Promise<StoredShard> => {
    const file = join(folder, `${name}-${token}-${offset}`);
    writeFileSync(file, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return await storeShard({
      ...shard,
      store: by === place ? store : new FolderStore(path),
      require: () => ({ log: 'memory', offset: token, holder: by === place ? 'us' : 'them' }),
      confirm: () => by.confirm(),
      offset,
      files: [{ name: '1.segment', path: file, sizeBytes: text.length, sha256 }],
      documents: 1,
      timeOfDay: () => 0,
      signal,
    });
  };
  const copyNow = async (): Promise<ProvedPlace> => {
    const copy = await copyOf(log, [claimsPartition]);
    return new ProvedPlace(new FolderStore(path), openClaims({ log: copy, holder: 'leaf 2' }));
  };
  const storeAsUs = async (token: number, offset: number, text: string) => await storeAs(place, token, offset, text);
  return { store, log, place, copyNow, storeAs, storeAsUs };
}

test('storeShard: whose place was claimed by a copy while it sent its files replaces nothing', async () => {
  const { store, copyNow, storeAs, storeAsUs } = await open('sending');
  await storeAsUs(1, 10, 'before they parted');
  const copy = await copyNow();
  store.beforeSwap = async () => void (await copy.prove());
  await assert.rejects(storeAsUs(2, 20, 'ours'), { code: 'STORAGE_TAKEN_OVER' });
  assert.equal((await readManifest(store, shard))!.manifest.offset, 10);
  const { manifest } = await storeAs(copy, 2, 15, 'theirs');
  assert.deepEqual((await readManifest(store, shard))!.manifest, manifest);
});

test('storeShard: whose place was claimed by a copy while it collected garbage removes nothing', async () => {
  const { store, copyNow, storeAsUs } = await open('collecting');
  const before = await storeAsUs(1, 10, 'before they parted');
  const copy = await copyNow();
  store.afterListing = async () => void (await copy.prove());
  await assert.rejects(storeAsUs(2, 20, 'ours'), { code: 'STORAGE_TAKEN_OVER' });
  const keys = await Array.fromAsync(new FolderStore(join(folder, 'collecting')).list('indexes/'));
  for (const { key } of before.manifest.files)
    assert.ok(
      keys.some((each) => each.endsWith(key)),
      key,
    );
});

test('ProvedPlace: once something was stored in a round after a copy was made, that is refused', async () => {
  const { place, copyNow } = await open('renewed');
  await place.renew();
  const copy = await copyNow();
  await place.renew();
  await assert.rejects(copy.prove(), { code: 'STORAGE_TAKEN_OVER' });
  await place.confirm();
});

test('ProvedPlace: so is a copy that was made between the start and the first round', async () => {
  const { place, copyNow } = await open('first-round');
  const copy = await copyNow();
  await place.renew();
  await assert.rejects(copy.prove(), { code: 'STORAGE_TAKEN_OVER' });
  await place.confirm();
});

test('ProvedPlace: each of two leaves claims in its first round, then one of them in each', async () => {
  const { log, store, place } = await open('two-leaves');
  const other = new ProvedPlace(store, openClaims({ log, holder: 'leaf 2' }));
  await other.prove();
  const claims = async (): Promise<number> => (await log.heads([claimsPartition]))[0]! + 1;
  const made: number[] = [];
  for (let round = 0; round < 4; round++) {
    for (const each of [place, other]) await each.renew();
    made.push(await claims());
  }
  assert.deepEqual(made, [4, 5, 6, 7]);
});

/** A leaf with one replica, over a log that ends at 100; what is told of up to where the store has it. */
async function openLeaf(t: TestContext, name: string) {
  const opened = await open(name);
  const unused = (): never => assert.fail('it does not come so far');
  const { promise: failed, resolve: onStoreFailed } = Promise.withResolvers<void>();
  const seen: number[] = [];
  let replicas = [{ ...shard, offset: 10, rank: 0 }];
  const storage = keepShards(
    {
      store: opened.store,
      claims: openClaims({ log: opened.log, holder: 'leaf 3' }),
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
      headOf: async () => 100,
      log: () => 'memory',
      folder: join(folder, `taken-${name}`),
      telemetry: silentTelemetry,
      onFetched: () => undefined,
      onFetchFailed: () => undefined,
      onStored: unused,
      onStoreFailed,
      onSeen: (place) => void seen.push(storage.storedOffset(place)),
    },
  );
  t.after(() => storage.close());
  const untilSeen = async (offset: number): Promise<void> => {
    while (storage.storedOffset(shard) !== offset) await new Promise((resolve) => void setTimeout(resolve, 5));
  };
  return {
    ...opened,
    storage,
    seen,
    failed,
    untilSeen,
    setOffset: (offset: number) => void (replicas = [{ ...shard, offset, rank: 0 }]),
  };
}

test('keepShards: whose place a copy has claimed takes nothing from there, and has nothing stored there', async (t) => {
  const { copyNow, storage, seen, failed, untilSeen, storeAs, storeAsUs } = await openLeaf(t, 'taking');
  await storeAsUs(1, 10, 'before they parted');
  await untilSeen(10);
  rmSync(await storage.take(shard, signal), { recursive: true });
  const copy = await copyNow();
  await copy.prove();
  await storeAs(copy, 2, 99, 'theirs');
  await failed;
  assert.equal(storage.storedOffset(shard), -1);
  await assert.rejects(storage.take(shard, signal), { code: 'STORAGE_TAKEN_OVER' });
  assert.deepEqual(seen, [10, -1]);
});

// Each row: up to where the store has the shard, of a log that ends at 100, and up to where the leaf then believes that it is stored.
for (const [stored, believed] of [
  [100, 100],
  [101, -1],
] as const) {
  test(`keepShards: what is stored up to ${stored} is of a log that this one is a copy of: ${believed === -1}`, async (t) => {
    const { storage, failed, untilSeen, storeAsUs } = await openLeaf(t, `head-${stored}`);
    await storeAsUs(1, stored, 'by whomever');
    if (believed === -1) await failed;
    else await untilSeen(believed);
    assert.equal(storage.storedOffset(shard), believed);
  });
}

test('keepShards: what was read of a shard while a copy claimed the place is not believed', async (t) => {
  const { store, copyNow, seen, failed, storeAsUs, setOffset } = await openLeaf(t, 'between');
  setOffset(-1);
  await storeAsUs(1, 50, 'before they parted');
  const read = store.read.bind(store);
  store.read = async (key) => {
    const found = await read(key);
    if (key.endsWith('/manifest')) {
      store.read = read;
      await (await copyNow()).prove();
    }
    return found;
  };
  setOffset(10);
  await failed;
  assert.deepEqual(seen, []);
});
