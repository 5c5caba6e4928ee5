/** What there is to restore at a place in object storage: what was stored last, or a snapshot that is kept. Touches the world through the store it is given. */
import type { CatalogState } from '../catalog/catalog.ts';
import { readStoredCatalog } from '../catalog/stored-catalog.ts';
import { SheafError } from '../errors.ts';
import { missing, type ObjectStore } from '../storage/object-store.ts';
import { readCatalogManifest } from './catalog-manifest.ts';
import { keptShardKey, readKeptShard } from './kept-shard.ts';
import { readKeptSnapshot } from './kept-snapshot.ts';
import { readManifest } from './read-manifest.ts';
import { filesPrefix, type ShardManifest, type ShardPlace } from './shard-manifest.ts';

export interface RestoreSource {
  readonly place: string;
  /** Identity of the log that all of it is of. */
  readonly log: string;
  /** Id of the snapshot that is kept; null for what was stored last. */
  readonly snapshot: string | null;
  readonly catalog: CatalogState;
  /**
   * Null where there is nothing of the shard.
   * @throws SheafError STORAGE_FOREIGN where it is of another log; STORAGE_MISSING, STORAGE_CORRUPT, DATA_VERSION_UNKNOWN; what the
   *   store throws
   */
  readonly manifestOf: (place: ShardPlace) => Promise<ShardManifest | null>;
  /** Whether there is anything of a shard that has no manifest. @throws SheafError what the store throws */
  readonly isBegun: (place: ShardPlace) => Promise<boolean>;
}

/**
 * @param at name of a snapshot that is kept; undefined for what was stored last
 * @throws SheafError RESTORE_NOT_FOUND where nothing is stored there, SNAPSHOT_NOT_FOUND; STORAGE_MISSING, STORAGE_CORRUPT,
 *   DATA_VERSION_UNKNOWN; what the store throws
 */
export async function readRestoreSource(store: ObjectStore, at?: string): Promise<RestoreSource> {
  return at === undefined ? await lastStored(store) : await keptSnapshot(store, at);
}

async function lastStored(store: ObjectStore): Promise<RestoreSource> {
  const manifest = (await readCatalogManifest(store))?.manifest;
  const { place } = store;
  if (manifest === undefined) {
    throw new SheafError('RESTORE_NOT_FOUND', { detail: { place, reason: 'no catalog was stored at this place' } });
  }
  const { log } = manifest.token;
  const manifestOf = async (shard: ShardPlace): Promise<ShardManifest | null> => {
    const found = (await readManifest(store, shard))?.manifest ?? null;
    if (found === null || found.token.log === log) return found;
    throw new SheafError('STORAGE_FOREIGN', { detail: { place, expected: log, found: found.token.log, ...shard } });
  };
  const isBegun = async (shard: ShardPlace): Promise<boolean> => {
    const { done } = await store.list(filesPrefix(shard))[Symbol.asyncIterator]().next();
    return done !== true;
  };
  return { place, log, snapshot: null, catalog: readStoredCatalog(manifest.catalog), manifestOf, isBegun };
}

async function keptSnapshot(store: ObjectStore, name: string): Promise<RestoreSource> {
  const { id, log, catalog, shards } = await readKeptSnapshot(store, name);
  const offsets = new Map(shards.map(({ indexId, shard, offset }) => [`${indexId}/${shard}`, offset]));
  const manifestOf = async ({ indexId, shard }: ShardPlace): Promise<ShardManifest | null> => {
    if ((offsets.get(`${indexId}/${shard}`) ?? -1) === -1) return null;
    const found = await readKeptShard(store, { indexId, shard }, id);
    if (found === null) throw missing(store.place, keptShardKey({ indexId, shard }, id));
    return found;
  };
  // What is kept of each shard stands in the snapshot.
  const isBegun = async (): Promise<boolean> => await Promise.resolve(false);
  return { place: store.place, log, snapshot: id, catalog: readStoredCatalog(catalog), manifestOf, isBegun };
}
