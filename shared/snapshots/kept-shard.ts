/**
 * The manifest of a shard as it was when a snapshot was made that is kept. Touches the world through the store it is given.
 *
 *     indexes/INDEX/SHARD/kept/SNAPSHOT     a ShardManifest; SNAPSHOT is the id of the snapshot
 *
 * What keeps its files from the collector, without a lock: whoever keeps a shard puts this object, and then sees that the manifest is still the
 * one that it has put. Whoever collects swaps in a manifest, and then lists the objects that there are (collect-garbage.ts). So either
 * the collector lists this object, or whoever keeps sees another manifest, and begins again with that.
 */
import { SheafError } from '../errors.ts';
import { conflict, type ObjectStore } from '../storage/object-store.ts';
import { readManifest } from './read-manifest.ts';
import {
  decodeShardManifest,
  encodeShardManifest,
  manifestKey,
  shardPrefix,
  type ShardManifest,
  type ShardPlace,
} from './shard-manifest.ts';

/** A manifest is replaced once in a round of a leaf, of seconds at least. */
const triesMax = 10;

export function keptShardKey(place: ShardPlace, snapshotId: string): string {
  return `${shardPrefix(place)}kept/${snapshotId}`;
}

/** The id of the snapshot; undefined where the key, after `shardPrefix`, is of something else. */
export function snapshotOfKey(key: string): string | undefined {
  return /^kept\/([^/]+)$/.exec(key)?.[1];
}

export interface KeepShardOptions extends ShardPlace {
  readonly store: ObjectStore;
  readonly snapshotId: string;
  /** Identity of the log of this cluster. */
  readonly log: string;
}

/**
 * Keeps the shard as its manifest has it now: from when this has resolved on, what it names stays until the object is removed.
 * Called once for each shard and snapshot. @returns null where the store has nothing of the shard, as of a new one
 * @throws SheafError STORAGE_FOREIGN where the shard is of another log, STORAGE_CORRUPT, DATA_VERSION_UNKNOWN, STORAGE_CONFLICT; what
 *   the store throws. The object may be there then.
 */
export async function keepShard(options: KeepShardOptions): Promise<ShardManifest | null> {
  const { store, snapshotId, log } = options;
  const key = keptShardKey(options, snapshotId);
  let kept: string | null = null;
  let found = await readManifest(store, options);
  for (let tries = 0; tries < triesMax; tries++) {
    if (found === null) {
      if (kept !== null) await store.remove([key]);
      return null;
    }
    const { manifest, version } = found;
    if (manifest.token.log !== log) {
      throw new SheafError('STORAGE_FOREIGN', {
        detail: { place: store.place, expected: log, found: manifest.token.log },
      });
    }
    kept = await store.swap(key, encodeShardManifest(manifest), kept);
    found = await readManifest(store, options);
    if (found?.version === version) return manifest;
  }
  throw conflict(store.place, manifestKey(options));
}

/** Null where there is none. @throws SheafError what the store throws; STORAGE_CORRUPT, DATA_VERSION_UNKNOWN */
export async function readKeptShard(
  store: ObjectStore,
  place: ShardPlace,
  snapshotId: string,
): Promise<ShardManifest | null> {
  const key = keptShardKey(place, snapshotId);
  const found = await store.read(key);
  return found === null ? null : decodeShardManifest(found.bytes, place, `${store.place}/${key}`);
}
