/** Reads what a manifest names into a folder. Touches the world through the store it is given, and files. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { filesPrefix, type ShardManifest } from '../../shared/snapshots/shard-manifest.ts';
import type { ObjectStore, TransferOptions } from '../../shared/storage/object-store.ts';

export interface FetchFilesOptions extends TransferOptions {
  readonly store: ObjectStore;
  /** Does not exist yet. */
  readonly folder: string;
}

/**
 * Resolves once every file is here, durably. The folder is gone if it fails.
 * @throws SheafError STORAGE_MISSING where a file is not there, STORAGE_CORRUPT; what the store and the file system throw; the reason
 *   of the signal
 */
export async function fetchFiles(manifest: ShardManifest, options: FetchFilesOptions): Promise<void> {
  const { store, folder, signal } = options;
  try {
    await mkdir(folder, { recursive: true });
    for (const file of manifest.files) {
      signal.throwIfAborted();
      await store.getFile(filesPrefix(manifest) + file.key, join(folder, file.name), file, options);
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
