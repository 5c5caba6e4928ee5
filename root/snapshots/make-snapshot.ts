/**
 * Makes a snapshot that is kept. Touches the world: the store, the log, timers.
 *
 * Each shard is kept as the store has it once that is no less than its partition had when all began. So a snapshot has everything that was
 * acknowledged before it was asked for, of some shards more, and says of each up to where. The catalog is read last: it
 * has every field that a document of a shard has, and of the indexes those of which the shards are kept.
 */
import pLimit from 'p-limit';
import { withoutIndex } from '../../shared/catalog/aliases.ts';
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
import { storedCatalog } from '../../shared/catalog/stored-catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import { pause } from '../../shared/clock/pause.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import { SheafError } from '../../shared/errors.ts';
import { documentsOfShards } from '../../shared/snapshots/count-documents.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { Log } from '../../shared/log/log.ts';
import { replicaName, type Replicas } from '../../shared/protocol/replicas.ts';
import { keepShard, keptShardKey } from '../../shared/snapshots/kept-shard.ts';
import {
  keptSnapshotKey,
  keptSnapshotVersion,
  writeKeptSnapshot,
  type KeptOffset,
} from '../../shared/snapshots/kept-snapshot.ts';
import { changeMaking, type KeptRow } from '../../shared/snapshots/kept-table.ts';
import type { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import type { ShardPlace } from '../../shared/snapshots/shard-manifest.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

export interface SnapshotWorld {
  readonly store: ObjectStore;
  /** The same place. */
  readonly place: Pick<ProvedPlace, 'prove' | 'confirm'>;
  readonly log: Pick<Log, 'heads' | 'identity'>;
  readonly catalog: { readonly state: CatalogState; readonly catchUp: () => Promise<void> };
  /** What each leaf last told of its replicas. */
  readonly leaves: () => readonly { readonly replicas: Replicas }[];
  readonly clock: Clock;
  readonly timers: Timers;
}

export interface MakeOptions {
  /** As it stands in the table. */
  readonly row: KeptRow;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A shard that is waited for, and what its partition had when all began. */
interface PendingShard extends ShardPlace {
  readonly head: number;
}

/** What is known of a shard once it is kept. */
interface KeptShard extends KeptOffset {
  readonly bytes: number;
}

const lookEveryMs = 500;
/** In one of so many looks the store is read, and not only what leaves have told. */
const looksOfStore = 20;
const beatEveryMs = 5000;
const atOnce = 8;
/** Between two looks at the time. */
const shardsOfStep = 64;
const headsAtOnce = 1000;
const lackingNamed = 10;

/** One that was removed meanwhile, or has failed by the word of another root, is made no further. */
class Removed extends Error {}

/**
 * @returns whether the row is whole; else it was removed, or has failed, by the word of another
 * @throws SheafError SNAPSHOT_LATE; LOG_UNAVAILABLE, PARTITION_STOPPED; STORAGE_FOREIGN, STORAGE_TAKEN_OVER, STORAGE_CORRUPT and what else the store throws;
 *   the reason of the signal. The row is as it was, or whole, and objects may be there: see clearSnapshot.
 */
export async function makeSnapshot(run: SnapshotRun): Promise<boolean> {
  try {
    await run.keepAll();
    await run.finish();
    return true;
  } catch (error) {
    if (!(error instanceof Removed)) throw error;
    await run.clear();
    return false;
  }
}

/** Removes the objects of a snapshot of which no row says any more that it is, or may become, whole. */
export async function clearSnapshot(store: ObjectStore, id: string, shards: Iterable<ShardPlace>): Promise<void> {
  await store.remove([...Array.from(shards, (place) => keptShardKey(place, id)), keptSnapshotKey(id)]);
}

/** One snapshot on its way. */
export class SnapshotRun {
  private readonly world: SnapshotWorld;
  private readonly options: MakeOptions;
  private readonly pending = new Map<string, PendingShard>();
  private readonly kept = new Map<string, KeptShard>();
  /** Kept before their index was deleted. */
  private readonly dropped: ShardPlace[] = [];
  private readonly limit = pLimit(atOnce);
  private readonly deadline: number;
  private log = '';
  private beat: number;
  private beatAt: number;
  private looks = 0;

  constructor(world: SnapshotWorld, options: MakeOptions) {
    this.world = world;
    this.options = options;
    this.beat = options.row.beat;
    this.beatAt = world.clock.now();
    this.deadline = this.beatAt + options.timeoutMs;
  }

  /** Of the shards that may have an object. */
  places(): ShardPlace[] {
    return [...this.kept.values(), ...this.pending.values(), ...this.dropped];
  }

  async clear(): Promise<void> {
    await clearSnapshot(this.world.store, this.options.row.id, this.places());
  }

  async keepAll(): Promise<void> {
    const { catalog, clock, log } = this.world;
    this.log = await log.identity();
    await catalog.catchUp();
    await this.readHeads([...catalog.state.indexes.values()]);
    for (;;) {
      const ready = this.ready();
      for (let start = 0; start < ready.length; start += shardsOfStep) {
        const step = ready.slice(start, start + shardsOfStep);
        await Promise.all(step.map((shard) => this.limit(() => this.keep(shard))));
        await this.tellInTime();
      }
      if (this.pending.size === 0) return;
      if (clock.now() >= this.deadline) throw this.late();
      await this.tellInTime();
      await pause(lookEveryMs, this.world, this.options.signal);
    }
  }

  async finish(): Promise<void> {
    const { store, place: claimed, catalog } = this.world;
    const { id, name, createdAtMs } = this.options.row;
    // An index that is deleted later than this has its objects where whoever collects them finds them kept.
    await catalog.catchUp();
    this.dropDeleted();
    // What a copy of this cluster has put was put after it had claimed the place.
    await claimed.confirm();
    const shards = [...this.kept.values()].map(({ indexId, shard, offset, documents }) => ({
      indexId,
      shard,
      offset,
      documents,
    }));
    const indexes = new Set(shards.map(({ indexId }) => indexId));
    const snapshot = {
      formatVersion: keptSnapshotVersion,
      id,
      name,
      createdAtMs,
      log: this.log,
      catalog: storedCatalog(onlyIndexes(catalog.state, indexes)),
      shards,
    };
    await store.remove(this.dropped.map((place) => keptShardKey(place, id)));
    await writeKeptSnapshot(store, snapshot);
    if (!(await changeMaking(store, id, { ...this.progress(), state: 'whole' }))) throw new Removed();
  }

  private async readHeads(indexes: readonly IndexDefinition[]): Promise<void> {
    const { log } = this.world;
    const shards = indexes.flatMap((index) =>
      Array.from({ length: index.shards }, (_, shard) => ({
        indexId: index.id,
        shard,
        partition: partitionOf(index, shard),
      })),
    );
    const partitions = [...new Set(shards.map(({ partition }) => partition))];
    const heads = new Map<string, number>();
    for (let start = 0; start < partitions.length; start += headsAtOnce) {
      const some = partitions.slice(start, start + headsAtOnce);
      (await log.heads(some)).forEach((head, i) => heads.set(some[i]!, head));
    }
    for (const { indexId, shard, partition } of shards) {
      this.pending.set(replicaName(indexId, shard), { indexId, shard, head: heads.get(partition)! });
    }
    await this.tell();
  }

  /** Those that the store has by now, as far as leaves tell; now and then all. */
  private ready(): PendingShard[] {
    this.options.signal.throwIfAborted();
    this.dropDeleted();
    const isLookAtStore = this.looks++ % looksOfStore === 0;
    const leaves = this.world.leaves();
    return [...this.pending].flatMap(([name, shard]) => {
      const stored = Math.max(-1, ...leaves.map(({ replicas }) => replicas.get(name)?.stored ?? -1));
      return isLookAtStore || stored >= shard.head ? [shard] : [];
    });
  }

  private async keep({ indexId, shard, head }: PendingShard): Promise<void> {
    const { store } = this.world;
    this.options.signal.throwIfAborted();
    const place = { indexId, shard };
    const found = await readManifest(store, place);
    if ((found?.manifest.offset ?? -1) < head) return;
    const snapshotId = this.options.row.id;
    const manifest = await keepShard({ store, ...place, snapshotId, log: this.log });
    // Gone between the two: its index is deleted.
    if ((manifest?.offset ?? -1) < head) return;
    const name = replicaName(indexId, shard);
    const bytes = manifest?.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) ?? 0;
    const { offset = -1, documents = 0 } = manifest ?? {};
    this.kept.set(name, { ...place, offset, documents, bytes });
    this.pending.delete(name);
  }

  private dropDeleted(): void {
    const there = new Set(Array.from(this.world.catalog.state.indexes.values(), ({ id }) => id));
    for (const shards of [this.pending, this.kept]) {
      for (const [name, { indexId, shard }] of shards) {
        if (there.has(indexId)) continue;
        shards.delete(name);
        this.dropped.push({ indexId, shard });
      }
    }
  }

  private async tellInTime(): Promise<void> {
    if (this.world.clock.now() - this.beatAt >= beatEveryMs) await this.tell();
  }

  private async tell(): Promise<void> {
    if (!(await changeMaking(this.world.store, this.options.row.id, this.progress()))) throw new Removed();
    this.beatAt = this.world.clock.now();
  }

  private progress(): Pick<KeptRow, 'beat' | 'shards' | 'keptShards' | 'documents' | 'bytes'> {
    const kept = [...this.kept.values()];
    return {
      beat: ++this.beat,
      shards: this.pending.size + kept.length,
      keptShards: kept.length,
      documents: this.documentsOf(kept),
      bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  private documentsOf(kept: readonly KeptShard[]): number {
    const counts = Map.groupBy(kept, ({ indexId }) => indexId);
    return [...this.world.catalog.state.indexes.values()].reduce((sum, { id, kind }) => {
      const ofShards = counts.get(id)?.map(({ documents }) => documents) ?? [];
      return sum + documentsOfShards(kind, ofShards);
    }, 0);
  }

  private late(): SheafError {
    const lacking = [...this.pending.values()];
    const { timeoutMs } = this.options;
    const named = lacking.slice(0, lackingNamed).map(({ indexId, shard, head }) => `${indexId}/${shard} to ${head}`);
    return new SheafError('SNAPSHOT_LATE', { detail: { timeoutMs, lacking: lacking.length, shards: named } });
  }
}

/** The catalog without the indexes of others. */
function onlyIndexes(state: CatalogState, ids: ReadonlySet<string>): CatalogState {
  let { indexes, aliases } = state;
  for (const { id, name } of state.indexes.values()) {
    if (ids.has(id)) continue;
    indexes = indexes.without(name);
    aliases = withoutIndex(aliases, id);
  }
  return { ...state, indexes, aliases };
}
