/**
 * Several leaves that all think they own a shard, each paused anywhere: at every moment the store has what the manifest
 * names, and what the manifests name that are kept, and the manifest never goes back. In an order that a seed draws, step by step.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { collectGarbage, raiseAndCollect } from '../../shared/snapshots/collect-garbage.ts';
import { keepShard, keptShardKey, type KeepShardOptions } from '../../shared/snapshots/kept-shard.ts';
import { decodeShardManifest, filesPrefix, manifestKey } from '../../shared/snapshots/shard-manifest.ts';
import type { ShardManifest } from '../../shared/snapshots/shard-manifest.ts';
import type { Token } from '../../shared/lease/fence.ts';
import { conflict, type FileContent, type ObjectStore, type StoredVersion } from '../../shared/storage/object-store.ts';
import { storeShard, type LocalFile } from './store-shard.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

const place = { indexId: 'x0', shard: 3 };
const log = 'log-1';
const { signal } = new AbortController();

/** Objects in memory; each operation waits for its turn before it acts and again before it answers. */
class SteppedStore implements ObjectStore {
  readonly place = 'memory:';
  readonly objects = new Map<string, { bytes: Uint8Array; version: number }>();
  private readonly versions = { last: 0 };
  /** Resolves when the caller may go on. */
  turn: () => Promise<void> = async () => undefined;
  onChange: () => void = () => undefined;

  async read(key: string): Promise<StoredVersion | null> {
    return await this.step(() => {
      const found = this.objects.get(key);
      return found === undefined ? null : { bytes: found.bytes, version: String(found.version) };
    });
  }

  async swap(key: string, bytes: Uint8Array, expected: string | null): Promise<string> {
    return await this.step(() => {
      const found = this.objects.get(key);
      if ((found === undefined ? null : String(found.version)) !== expected) throw conflict(this.place, key);
      return this.write(key, bytes);
    });
  }

  async putFile(key: string, path: string): Promise<void> {
    await this.step(() => this.write(key, Buffer.from(path)));
  }

  async getFile(): Promise<void> {
    throw new Error('nobody fetches here');
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* await this.step(() => [...this.objects.keys()].filter((key) => key.startsWith(prefix)));
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.step(() => this.objects.delete(key));
  }

  async unfinished(): Promise<[]> {
    return await Promise.resolve([]);
  }

  async removeUnfinished(): Promise<void> {
    await Promise.resolve();
  }

  protected write(key: string, bytes: Uint8Array): string {
    this.objects.set(key, { bytes, version: ++this.versions.last });
    return String(this.versions.last);
  }

  private async step<T>(act: () => T): Promise<T> {
    await this.turn();
    const result = act();
    this.onChange();
    await this.turn();
    return result;
  }
}

/** A file whose content is its text. */
function fileOf(name: string, text: string): LocalFile {
  return { name, path: text, ...contentOf(Buffer.from(text)) };
}

function contentOf(bytes: Uint8Array): FileContent {
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Lets one of those that wait go on, of which the seed says which; some are not let go for a long time. */
class Turns {
  private readonly waiting: { readonly who: number; readonly go: () => void }[] = [];
  private readonly random: Random;
  private paused = -1;

  constructor(random: Random) {
    this.random = random;
  }

  readonly wait = (who: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting.push({ who, go: resolve });
    return promise;
  };

  /** @returns whether there was anybody */
  async go(): Promise<boolean> {
    if (this.random.chance(0.05)) this.paused = this.random.integer(-1, keeper);
    const awake = this.waiting.filter(({ who }) => who !== this.paused);
    const next = (awake.length > 0 ? awake : this.waiting)[
      this.random.integer(0, Math.max(0, (awake.length || this.waiting.length) - 1))
    ];
    if (next === undefined) return false;
    this.waiting.splice(this.waiting.indexOf(next), 1);
    next.go();
    // What follows from it in the same process comes before the next step of another.
    await new Promise((resolve) => void setImmediate(resolve));
    return true;
  }
}

/** Nobody has copied this cluster. */
const confirm = async (): Promise<void> => undefined;
const told = { documents: 1, timeOfDay: () => 0 };

const leaves = 3;
const uploadsOfLeaf = 4;
/** Whoever makes snapshots. */
const keeper = leaves;
const snapshotsOfKeeper = 4;

interface Acts {
  /** @param manifest that is there. @param token of the collector */
  readonly collect: (store: ObjectStore, manifest: ShardManifest, token: Token) => Promise<unknown>;
  readonly keep: (options: KeepShardOptions) => Promise<unknown>;
}

const collectRaised: Acts['collect'] = async (store, manifest) => await collectGarbage(store, manifest, confirm);

/** Plays one order. @returns why it is wrong, or null */
async function play(seed: number, makeStore: () => SteppedStore, acts: Partial<Acts> = {}): Promise<string | null> {
  const { collect = collectRaised, keep = keepShard } = acts;
  const random = createRandom(seed);
  const store = makeStore();
  const turns = new Turns(random);
  let fault: string | null = null;
  let last = { number: 0, offset: -1, token: -1 };
  const kept = new Set<string>();
  store.onChange = () => {
    fault ??= faultOf(store, last, kept);
    const now = manifestOf(store);
    if (now !== null) last = { number: now.number, offset: now.offset, token: now.token.offset };
  };
  let tokens = 0;
  const upload = async (leaf: number): Promise<void> => {
    // Files of two leaves differ; those that hold little of the log come again and again.
    for (let count = 0; count < uploadsOfLeaf; count++) {
      const token = { log, offset: ++tokens, holder: `leaf-${leaf}` };
      const offset = random.integer(0, 20);
      const files = [fileOf('1.segment', `${leaf % 2} ${offset % 3}`), fileOf('manifest.json', `${leaf} ${offset}`)];
      const mine = Object.create(store) as SteppedStore;
      mine.turn = () => turns.wait(leaf);
      const options = { ...place, store: mine, require: () => token, confirm, ...told, offset, files, signal };
      try {
        const stored = await storeShard(options);
        if (random.chance(0.3)) await collect(mine, stored.manifest, token);
        if (random.chance(0.3)) {
          const raised = { log, offset: ++tokens, holder: `leaf-${leaf}` };
          await raiseAndCollect(mine, place, { require: () => raised, confirm });
        }
      } catch (error) {
        const code = error instanceof SheafError ? error.code : '';
        if (code !== 'STORAGE_CONFLICT' && code !== 'LEASE_FENCED') throw error;
      }
    }
  };
  const makeSnapshots = async (): Promise<void> => {
    const mine = Object.create(store) as SteppedStore;
    mine.turn = () => turns.wait(keeper);
    for (let count = 0; count < snapshotsOfKeeper; count++) {
      const snapshotId = `s${count}`;
      if ((await keep({ store: mine, ...place, snapshotId, log })) === null) continue;
      kept.add(snapshotId);
      if (random.chance(0.5)) continue;
      kept.delete(snapshotId);
      await mine.remove([keptShardKey(place, snapshotId)]);
    }
  };
  const all = Promise.all([...Array.from({ length: leaves }, (_, leaf) => upload(leaf)), makeSnapshots()]);
  await new Promise((resolve) => void setImmediate(resolve));
  while (await turns.go());
  await all;
  return fault;
}

function manifestOf(store: SteppedStore): ShardManifest | null {
  const found = store.objects.get(manifestKey(place));
  return found === undefined ? null : decodeShardManifest(found.bytes, place, 'memory');
}

interface Last {
  readonly number: number;
  readonly offset: number;
  readonly token: number;
}

/** @param kept ids of snapshots of which the shard is kept */
function faultOf(store: SteppedStore, last: Last, kept: ReadonlySet<string> = new Set()): string | null {
  const manifest = manifestOf(store);
  if (manifest === null) return last.number === 0 ? null : 'the manifest is gone';
  if (manifest.number < last.number || manifest.offset < last.offset || manifest.token.offset < last.token) {
    return 'the manifest went back';
  }
  for (const id of kept) {
    const object = store.objects.get(keptShardKey(place, id));
    if (object === undefined) return `${id} is gone`;
    const lacking = lackingOf(store, decodeShardManifest(object.bytes, place, id));
    if (lacking !== null) return `${id}: ${lacking}`;
  }
  return lackingOf(store, manifest);
}

function lackingOf(store: SteppedStore, { files }: ShardManifest): string | null {
  for (const { key, sizeBytes, sha256 } of files) {
    const object = store.objects.get(filesPrefix(place) + key);
    if (object === undefined) return `${key} is named and not there`;
    const content = contentOf(object.bytes);
    if (content.sizeBytes !== sizeBytes || content.sha256 !== sha256) return `${key} is another file`;
  }
  return null;
}

const seedsOfRun = roundsOf(200);

test(`storeShard: ${seedsOfRun} orders of ${leaves} leaves that pause anywhere`, async () => {
  for (let seed = 1; seed <= seedsOfRun; seed++) {
    assert.equal(await play(seed, () => new SteppedStore()), null, `seed ${seed}`);
  }
});

test('storeShard: what no manifest names goes, what it names stays', async () => {
  const store = new SteppedStore();
  const uploads: [token: number, offset: number, texts: string[], sent: number, collected: number][] = [
    [5, 10, ['a', 'b', 'm1'], 3, 0],
    [5, 10, ['a', 'b', 'm1'], 0, 0],
    [7, 20, ['b', 'c', 'm2'], 2, 2],
    [9, 15, ['d', 'm3'], 0, 0],
    [9, 30, ['d', 'd', 'm4'], 3, 3],
  ];
  for (const [offset, at, texts, sent, collected] of uploads) {
    const files = texts.map((text, number) => fileOf(`${number}.segment`, text));
    const token = { log, offset, holder: `leaf-${offset}` };
    const stored = await storeShard({
      ...place,
      store,
      require: () => token,
      confirm,
      ...told,
      offset: at,
      files,
      signal,
    });
    assert.deepEqual([stored.sentFiles, stored.collectedFiles], [sent, collected], texts.join());
  }
  assert.equal(faultOf(store, { number: 0, offset: -1, token: -1 }), null);
  assert.equal(store.objects.size, 1 + 3);
});

test('storeShard: a token that is lower than the one there is refused, and a lost lease ends it', async () => {
  const store = new SteppedStore();
  const files = [fileOf('1.segment', 'a')];
  const under = (offset: number) => ({ log, offset, holder: 'leaf' });
  await storeShard({ ...place, store, require: () => under(5), confirm, ...told, offset: 1, files, signal });
  const lower = storeShard({ ...place, store, require: () => under(4), confirm, ...told, offset: 2, files, signal });
  await assert.rejects(lower, { code: 'LEASE_FENCED' });
  let asked = 0;
  const lost = (): never => {
    throw new SheafError('LEASE_LOST');
  };
  const ended = storeShard({
    ...place,
    store,
    offset: 3,
    signal,
    files: [fileOf('1.segment', 'b')],
    require: () => (asked++ < 2 ? under(6) : lost()),
    confirm,
    ...told,
  });
  await assert.rejects(ended, { code: 'LEASE_LOST' });
  assert.equal(manifestOf(store)!.offset, 1);
});

/** What the store does wrong, or whoever collects. */
class BlindStore extends SteppedStore {
  override async swap(key: string, bytes: Uint8Array): Promise<string> {
    const now = await this.read(key);
    return await super.swap(key, bytes, now?.version ?? null);
  }
}

/** Collects up to its own number, which the manifest that it reads need not have. */
const collectUnraised: Acts['collect'] = async (store, _manifest, token) => {
  const found = await store.read(manifestKey(place));
  const manifest = decodeShardManifest(found!.bytes, place, 'memory');
  await collectGarbage(store, { ...manifest, token }, confirm);
};

/** Collects whatever its manifest does not name, by whomever it was put. */
const collectAll: Acts['collect'] = async (store, manifest) => {
  await collectGarbage(store, { ...manifest, token: { ...manifest.token, offset: Infinity } }, confirm);
};

/** Answers a listing with the snapshots that were kept before the swap that came last. */
class EarlyListingStore extends SteppedStore {
  private keptBefore: readonly string[] = [];

  override async swap(key: string, bytes: Uint8Array, expected: string | null): Promise<string> {
    if (key === manifestKey(place)) this.keptBefore = [...this.objects.keys()].filter(isKept);
    return await super.swap(key, bytes, expected);
  }

  override async *list(prefix: string): AsyncIterable<string> {
    for await (const key of super.list(prefix)) if (!isKept(key)) yield key;
    yield* this.keptBefore;
  }
}

function isKept(key: string): boolean {
  return key.startsWith(keptShardKey(place, ''));
}

/** Does not look again whether the manifest is still the one that it has put. */
const keepBlindly: Acts['keep'] = async ({ store, snapshotId }) => {
  const found = await store.read(manifestKey(place));
  if (found === null) return null;
  return await store.swap(keptShardKey(place, snapshotId), found.bytes, null);
};

// Each row: a planted bug, and within how many seeds it is found.
const planted: [name: string, store: () => SteppedStore, acts: Partial<Acts>, seeds: number][] = [
  ['a swap without its condition', () => new BlindStore(), {}, 100],
  ['collecting without having raised the number', () => new SteppedStore(), { collect: collectUnraised }, 100],
  ['collecting what higher tokens put', () => new SteppedStore(), { collect: collectAll }, 100],
  ['listing what is kept before the swap', () => new EarlyListingStore(), {}, 100],
  ['keeping without a second look', () => new SteppedStore(), { keep: keepBlindly }, 100],
];

for (const [name, makeStore, acts, seeds] of planted) {
  test(`storeShard: ${name} is found within ${seeds} orders`, async () => {
    for (let seed = 1; seed <= seeds; seed++) if ((await play(seed, makeStore, acts)) !== null) return;
    assert.fail(`not found in ${seeds} orders`);
  });
}
