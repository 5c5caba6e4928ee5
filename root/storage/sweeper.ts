/**
 * Removes from object storage what nothing names any more, and nobody who stores comes by. Touches the world: the store, the log through
 * leases.
 *
 * What is removed can never be named again: objects of a snapshot without a row in the table of snapshots, which nobody can make whole; of an
 * index that the catalog has deleted, for good; and in a shard what its own collector would remove. All but the first
 * were found so by the round before, too, by whatever they are read after.
 */
import pLimit from 'p-limit';
import { asSheafError } from '../../shared/errors.ts';
import type { Leases } from '../../shared/lease/leases.ts';
import type { CatalogManifest } from '../../shared/snapshots/catalog-manifest.ts';
import type { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { garbageAmong, raiseAndCollect } from '../../shared/snapshots/collect-garbage.ts';
import { readKeptShard } from '../../shared/snapshots/kept-shard.ts';
import { snapshotsPrefix } from '../../shared/snapshots/kept-snapshot.ts';
import { readKeptTable } from '../../shared/snapshots/kept-table.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import {
  filesPrefix,
  indexesPrefix,
  manifestKey,
  shardLease,
  type ShardManifest,
  type ShardPlace,
} from '../../shared/snapshots/shard-manifest.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { sortListing, type ListedShard } from './find-loose.ts';

export interface SweeperWorld {
  readonly store: ObjectStore;
  /** The same place. */
  readonly place: Pick<ProvedPlace, 'confirm'>;
  readonly leases: Leases;
  readonly telemetry: Telemetry;
}

const readsAtOnce = 8;
const leaseTtlMs = 10_000;
/** Whoever holds it longer stores the shard, and collects. */
const leaseWaitMs = 2000;

export class Sweeper {
  private readonly world: SweeperWorld;
  private readonly limit = pLimit(readsAtOnce);
  /** Keys that were found to be garbage, and names of what was not finished with their sizes, in the last round. */
  private found: ReadonlySet<string> = new Set();

  constructor(world: SweeperWorld) {
    this.world = world;
  }

  /**
   * One round.
   * @param manifest of the catalog, as this process has stored it
   * @returns how many objects were removed
   * @throws SheafError what the store and its place throw; STORAGE_CORRUPT, DATA_VERSION_UNKNOWN where something cannot be read: of what it may name
   *   nothing is removed
   */
  async sweep(manifest: CatalogManifest, signal: AbortSignal): Promise<number> {
    const { store } = this.world;
    const found = new Set<string>();
    const keys: string[] = [];
    for (const prefix of [indexesPrefix, snapshotsPrefix]) {
      for await (const key of store.list(prefix)) keys.push(key);
    }
    signal.throwIfAborted();
    const { catalog, token } = manifest;
    const listed = sortListing({
      keys,
      // Read after the listing: what is listed of a snapshot was put when its row was there.
      snapshots: await this.snapshots(),
      catalogOffset: catalog.offset,
      indexes: new Set(Object.values(catalog.indexes).map(({ id }) => id)),
    });
    await store.remove(listed.loose);
    let removed = listed.loose.length;
    const each = async (
      shards: readonly ListedShard[],
      act: (shard: ListedShard) => Promise<number>,
    ): Promise<number[]> => await Promise.all(shards.map((shard) => this.limit(() => act(shard))));
    const deleted = await each(listed.deleted, (shard) => this.removeShard(shard, token.log, found));
    const present = await each(listed.present, (shard) => this.collect(shard, found, signal));
    for (const count of [...deleted, ...present]) removed += count;
    removed += await this.removeUnfinished(found);
    this.found = found;
    return removed;
  }

  /** Ids of those that are, or may become, whole. */
  private async snapshots(): Promise<ReadonlySet<string>> {
    const rows = await readKeptTable(this.world.store);
    return new Set(rows.flatMap(({ id, state }) => (state === 'failed' ? [] : [id])));
  }

  /** All of a shard of an index that is deleted, but what snapshots name. */
  private async removeShard(shard: ListedShard, log: string, found: Set<string>): Promise<number> {
    const { store } = this.world;
    const manifest = (await readManifest(store, shard))?.manifest;
    // Offsets of another log say nothing about this index.
    if (manifest !== undefined && manifest.token.log !== log) return 0;
    const kept = await this.readKept(shard);
    const named = new Set(kept.flatMap(({ files }) => files.map(({ key }) => filesPrefix(shard) + key)));
    const garbage = shard.keys.filter((key) => !named.has(key));
    for (const key of garbage) found.add(key);
    const gone = garbage.filter((key) => this.found.has(key));
    const first = manifestKey(shard);
    if (gone.length > 0) await this.world.place.confirm();
    // Before the files that it names.
    await store.remove(gone.toSorted((a, b) => Number(b === first) - Number(a === first)));
    return gone.length;
  }

  /** What its own collector would remove, where that has not come by since the last round. */
  private async collect(shard: ListedShard, found: Set<string>, signal: AbortSignal): Promise<number> {
    const { store } = this.world;
    const manifest = (await readManifest(store, shard))?.manifest;
    if (manifest === undefined || signal.aborted) return 0;
    // As good as always there is nothing that is not named, and no snapshot is read.
    const unnamed = garbageAmong(shard.keys, manifest, []);
    const kept = unnamed.length === 0 ? [] : await this.readKept(shard);
    const garbage = garbageAmong(unnamed, manifest, kept);
    for (const key of garbage) found.add(key);
    return garbage.some((key) => this.found.has(key)) ? await this.collectUnderLease(shard, signal) : 0;
  }

  private async readKept(shard: ListedShard): Promise<ShardManifest[]> {
    const found: ShardManifest[] = [];
    for (const id of shard.kept) {
      const kept = await readKeptShard(this.world.store, shard, id);
      if (kept !== null) found.push(kept);
    }
    return found;
  }

  private async collectUnderLease(place: ShardPlace, signal: AbortSignal): Promise<number> {
    const { store, place: claimed, leases, telemetry } = this.world;
    const within = AbortSignal.any([signal, AbortSignal.timeout(leaseWaitMs)]);
    try {
      const lease = await leases.acquire(shardLease(place), { ttlMs: leaseTtlMs, signal: within });
      try {
        return await raiseAndCollect(store, place, {
          require: () => lease.require(),
          confirm: () => claimed.confirm(),
        });
      } finally {
        lease.release();
      }
    } catch (error) {
      // Another stores it, or the next round finds the same.
      telemetry.debug({ ...place, err: asSheafError(error) }, 'the garbage of a shard is left for the next round');
      return 0;
    }
  }

  /** What was begun and has not grown since the last round. */
  private async removeUnfinished(found: Set<string>): Promise<number> {
    const { store } = this.world;
    const gone: string[] = [];
    for (const { name, sizeBytes } of await store.unfinished()) {
      const seen = `unfinished ${name} ${sizeBytes}`;
      found.add(seen);
      if (this.found.has(seen)) gone.push(name);
    }
    await store.removeUnfinished(gone);
    return gone.length;
  }
}
