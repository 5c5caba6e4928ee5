/** Reads the files of a replica from object storage into a folder. Touches the world through the store it is given, and files. */
import { SheafError } from '../../shared/errors.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import { manifestKey, type ShardManifest, type ShardPlace } from '../../shared/snapshots/shard-manifest.ts';
import { missing, type ObjectStore, type TransferOptions } from '../../shared/storage/object-store.ts';
import { fetchFiles } from './fetch-files.ts';

export interface FetchShardOptions extends ShardPlace, TransferOptions {
  readonly store: ObjectStore;
  /** Does not exist yet. */
  readonly folder: string;
  /** Identity of the log of this leaf; null where it has not met one. */
  readonly log: string | null;
}

/** While files are read the manifest may be replaced, and what it named be collected: then it is read anew. */
const manifestsMax = 10;

/**
 * Resolves to what was read once every file is here, durably; to null where the store has nothing of the shard, as of every
 * new one. The folder is gone if it fails.
 * @throws SheafError STORAGE_MISSING where a file is not there that the manifest names, STORAGE_FOREIGN where the shard is of
 *   another log, STORAGE_CORRUPT, DATA_VERSION_UNKNOWN; what the store and the file system throw
 */
export async function fetchShard(options: FetchShardOptions): Promise<ShardManifest | null> {
  const { store, log } = options;
  for (let count = 1, number = 0; ; count++) {
    const manifest = (await readManifest(store, options))?.manifest;
    if (manifest === undefined && count === 1) return null;
    if (manifest === undefined || (count > 1 && manifest.number === number)) {
      throw missing(store.place, manifestKey(options));
    }
    const { token } = manifest;
    if (log !== null && token.log !== log) {
      throw new SheafError('STORAGE_FOREIGN', { detail: { place: store.place, expected: log, found: token.log } });
    }
    number = manifest.number;
    try {
      await fetchFiles(manifest, options);
      return manifest;
    } catch (error) {
      if (count === manifestsMax || !(error instanceof SheafError) || error.code !== 'STORAGE_MISSING') throw error;
    }
  }
}
