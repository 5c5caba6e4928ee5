/**
 * What a snapshot that is kept has: the catalog, and how far each shard goes. Touches the world through the store it is given.
 *
 *     snapshots/ID     see KeptSnapshot; JSON under a checksum (data-folder/sealed.ts)
 *
 * The files of a shard are named by an object of its own: see kept-shard.ts. Written once, before the row in the table of snapshots says
 * that it is whole: see kept-table.ts.
 */
import { isStoredCatalog, type StoredCatalog } from '../catalog/stored-catalog.ts';
import { seal } from '../data-folder/sealed.ts';
import { SheafError } from '../errors.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { isCount } from '../json/is-count.ts';
import { isObject } from '../json/read-object.ts';
import { missing, type ObjectStore } from '../storage/object-store.ts';
import { readKeptTable } from './kept-table.ts';
import { corruptObject, unsealObject } from './sealed-object.ts';
import type { ShardPlace } from './shard-manifest.ts';

/** The highest that is known here. */
export const keptSnapshotVersion = 1;

/** What the keys of the objects of all kept snapshots begin with. */
export const snapshotsPrefix = 'snapshots/';

export interface KeptOffset extends ShardPlace {
  /** Everything up to this log offset is in it; −1 of a shard that had nothing, of which no manifest is kept. */
  readonly offset: number;
  /** See ShardManifest. */
  readonly documents: number;
}

export interface KeptSnapshot {
  readonly formatVersion: number;
  readonly id: string;
  readonly name: string;
  /** Identity of the log that all offsets are of. */
  readonly log: string;
  /** Milliseconds since 1970, by the clock of the root that made it. */
  readonly createdAtMs: number;
  /** With the indexes that have their shards here, and no others. */
  readonly catalog: StoredCatalog;
  readonly shards: readonly KeptOffset[];
}

export function keptSnapshotKey(id: string): string {
  return `${snapshotsPrefix}${id}`;
}

export async function writeKeptSnapshot(store: ObjectStore, snapshot: KeptSnapshot): Promise<void> {
  await store.swap(keptSnapshotKey(snapshot.id), Buffer.from(seal(snapshot)), null);
}

/**
 * A snapshot by its name, where it is whole.
 * @throws SheafError SNAPSHOT_NOT_FOUND; STORAGE_MISSING where its object is gone, STORAGE_CORRUPT, DATA_VERSION_UNKNOWN; what the store throws
 */
export async function readKeptSnapshot(store: ObjectStore, name: string): Promise<KeptSnapshot> {
  const row = (await readKeptTable(store)).find((each) => each.name === name && each.state === 'whole');
  if (row === undefined) throw new SheafError('SNAPSHOT_NOT_FOUND', { detail: { name } });
  const key = keptSnapshotKey(row.id);
  const found = await store.read(key);
  if (found === null) throw missing(store.place, key);
  const path = `${store.place}/${key}`;
  const value = unsealObject(found.bytes, path, keptSnapshotVersion);
  if (!isKeptSnapshot(value) || value.id !== row.id) throw corruptObject(path, 'no snapshot');
  return value;
}

function isKeptSnapshot(value: unknown): value is KeptSnapshot {
  if (!isObject(value) || value['formatVersion'] !== keptSnapshotVersion) return false;
  const { id, name, log, createdAtMs, catalog, shards } = value;
  if (![id, name, log].every((text) => typeof text === 'string') || !isCount(createdAtMs)) return false;
  return isStoredCatalog(catalog) && isArrayOf(shards, isKeptOffset);
}

function isKeptOffset(value: unknown): value is KeptOffset {
  if (!isObject(value) || typeof value['indexId'] !== 'string' || ![value['shard'], value['documents']].every(isCount))
    return false;
  return Number.isSafeInteger(value['offset']);
}
