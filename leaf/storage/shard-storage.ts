/** What a leaf has of object storage, put together. Touches the world: the store, files, the log through leases. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Leases } from '../../shared/lease/leases.ts';
import type { Claims } from '../../shared/snapshots/claims.ts';
import { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { manifestKey, type ShardPlace } from '../../shared/snapshots/shard-manifest.ts';
import { missing, type ObjectStore } from '../../shared/storage/object-store.ts';
import { Pace } from '../../shared/storage/pace.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { Holds } from '../copying/holds.ts';
import type { StorableReplica } from './due-shards.ts';
import { fetchShard } from './fetch-shard.ts';
import { Snapshotter } from './snapshotter.ts';

/** Named among the leaves that a replica can be copied from; no leaf can have this name. */
export const storageSource = 'object storage';

/** What of it is open before there is a leaf. */
export interface OpenStorage {
  readonly store: ObjectStore;
  readonly leases: Leases;
  readonly claims: Claims;
  readonly intervalMs: number;
  /** Of all transfers together. */
  readonly bytesPerSecond: number;
  readonly clock: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
}

/** What a leaf gives it. */
export interface StorageGround {
  readonly holds: Pick<Holds, 'hold' | 'use' | 'release'>;
  readonly replicas: () => readonly StorableReplica[];
  /** See SnapshotterWorld. */
  readonly headOf: (place: ShardPlace) => Promise<number>;
  /** Identity of the log; null where this leaf has not met one. */
  readonly log: () => string | null;
  /** Holds a folder for each shard that is fetched; on the file system of the replicas. */
  readonly folder: string;
  readonly telemetry: Telemetry;
  readonly onFetched: (bytes: number) => void;
  readonly onFetchFailed: () => void;
  readonly onStored: (bytes: number) => void;
  readonly onStoreFailed: () => void;
  /** More is known of what the store has of a shard. */
  readonly onSeen: (place: ShardPlace) => void;
}

export interface ShardStorage {
  /** Up to where the store has a shard, as far as this leaf has seen; −1 where it has seen nothing. */
  storedOffset(place: ShardPlace): number;
  /**
   * Resolves to a folder with the files.
   * @throws SheafError STORAGE_MISSING where the store has nothing of the shard, which is no failure; what fetchShard throws
   */
  take(place: ShardPlace, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** As many as from other leaves: see copying/copier.ts. */
const fetchesMax = 2;

export function keepShards(open: OpenStorage, ground: StorageGround): ShardStorage {
  const { store, leases, claims, intervalMs, bytesPerSecond, clock, sleep, timeOfDay } = open;
  const { holds, replicas, headOf, log, telemetry, onStored, onStoreFailed, onSeen } = ground;
  const { admit } = new Pace(bytesPerSecond, { now: () => clock.now(), sleep });
  const proved = new ProvedPlace(store, claims);
  const limit = pLimit(fetchesMax);
  let fetches = 0;
  const snapshotter = new Snapshotter({
    store,
    place: proved,
    leases,
    holds,
    replicas,
    headOf,
    hasLog: () => log() !== null,
    telemetry,
    admit,
    timeOfDay,
    intervalMs,
    onSeen,
    onStored: ({ sentBytes }) => onStored(sentBytes),
    onFailed: onStoreFailed,
  });
  /** Null where the store has nothing. */
  const fetchNow = async (place: ShardPlace, signal: AbortSignal): Promise<string | null> => {
    signal.throwIfAborted();
    const folder = join(ground.folder, `fetched-${++fetches}`);
    const fetched = await fetchShard({ store, ...place, folder, log: log(), signal, admit });
    if (fetched === null) return null;
    if (log() !== null) {
      await proved.confirm().catch(async (error: unknown) => {
        await rm(folder, { recursive: true, force: true });
        throw error;
      });
    }
    const { files, offset } = fetched;
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    ground.onFetched(bytes);
    telemetry.info({ index: place.indexId, shard: place.shard, offset, bytes }, 'a replica was fetched from storage');
    return folder;
  };
  const take = async (place: ShardPlace, signal: AbortSignal): Promise<string> => {
    const folder = await limit(() => fetchNow(place, signal)).catch((error: unknown) => {
      if (!signal.aborted) {
        ground.onFetchFailed();
        const fields = { index: place.indexId, shard: place.shard, place: store.place, err: error };
        telemetry.warn(fields, 'a replica could not be fetched from storage');
      }
      throw error;
    });
    if (folder === null) throw missing(store.place, manifestKey(place));
    return folder;
  };
  return {
    storedOffset: (place) => snapshotter.storedOffset(place),
    take,
    close: async () => await snapshotter.close(),
  };
}
