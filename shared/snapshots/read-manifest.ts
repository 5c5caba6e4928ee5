/** Reads the manifest of a shard from object storage. Touches the world through the store it is given. */
import type { ObjectStore } from '../storage/object-store.ts';
import { decodeShardManifest, manifestKey, type ShardManifest, type ShardPlace } from './shard-manifest.ts';

export interface FoundManifest {
  readonly manifest: ShardManifest;
  /** See ObjectStore.swap. */
  readonly version: string;
}

/** @throws SheafError what the store throws; STORAGE_CORRUPT, DATA_VERSION_UNKNOWN */
export async function readManifest(store: ObjectStore, place: ShardPlace): Promise<FoundManifest | null> {
  const key = manifestKey(place);
  const found = await store.read(key);
  if (found === null) return null;
  return { manifest: decodeShardManifest(found.bytes, place, `${store.place}/${key}`), version: found.version };
}
