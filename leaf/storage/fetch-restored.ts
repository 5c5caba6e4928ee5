/**
 * Reads the files of a shard of the index before, into a folder that is one of the index in its place. Touches the world through the
 * store it is given, and files.
 *
 * The files stay as they are. The manifest of the replica is written anew: of the new index, and up to the offset before its base, as
 * nothing of what was lost will ever come.
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RestoredIndex } from '../../shared/catalog/definition.ts';
import { SheafError } from '../../shared/errors.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import { readKeptShard } from '../../shared/snapshots/kept-shard.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import type { ShardManifest, ShardPlace } from '../../shared/snapshots/shard-manifest.ts';
import type { ObjectStore, TransferOptions } from '../../shared/storage/object-store.ts';
import { decodeManifest, encodeManifest, sayKind, versionOf, type Manifest } from '../indexing/manifest.ts';
import { manifestName } from '../indexing/replica-files.ts';
import { fetchFiles } from './fetch-files.ts';

/** A shard of an index that is restored. */
export interface RestoredShard extends ShardPlace {
  /** Of the index. */
  readonly kind: IndexKind;
  readonly restored: RestoredIndex;
}

export interface FetchRestoredOptions extends TransferOptions {
  /** Has the index before. */
  readonly store: ObjectStore;
  /** Does not exist yet. */
  readonly folder: string;
}

/**
 * Resolves to the bytes read once the folder is whole, durably. The folder is gone if it fails, or is thrown away by its next reader.
 * @throws SheafError RESTORE_SOURCE_CHANGED where the store has another state of the shard than the one that is to be restored;
 *   STORAGE_MISSING, STORAGE_CORRUPT, DATA_VERSION_UNKNOWN; what the store and the file system throw
 */
export async function fetchRestored(shard: RestoredShard, options: FetchRestoredOptions): Promise<number> {
  const offset = shard.restored.offsets[shard.shard]!;
  if (offset === -1) {
    await mkdir(options.folder, { recursive: true });
    await writeManifest(options.folder, { ...emptyManifest, ...madeOf(shard), ...sayKind(shard.kind) });
    return 0;
  }
  const before = { indexId: shard.restored.id, shard: shard.shard };
  const manifest = await findManifest(options.store, before, { ...shard.restored, offset });
  await fetchFiles(manifest, options);
  const found = decodeManifest(await readFile(join(options.folder, manifestName), 'utf8'), before);
  await writeManifest(options.folder, { ...found, ...madeOf(shard) });
  return manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Nothing of it was stored. */
const emptyManifest = { formatVersion: versionOf({}), segments: [], unrouted: true } as const;

function madeOf({
  indexId,
  shard,
  restored,
}: RestoredShard): Pick<Manifest, 'indexId' | 'shard' | 'offset' | 'complete'> {
  return { indexId, shard, offset: restored.base - 1, complete: true };
}

async function findManifest(
  store: ObjectStore,
  place: ShardPlace,
  { log, snapshot, offset }: Pick<RestoredIndex, 'log' | 'snapshot'> & { readonly offset: number },
): Promise<ShardManifest> {
  const manifest =
    snapshot === undefined ? (await readManifest(store, place))?.manifest : await readKeptShard(store, place, snapshot);
  if (manifest?.offset === offset && manifest.token.log === log) return manifest;
  const found = manifest?.offset ?? null;
  throw new SheafError('RESTORE_SOURCE_CHANGED', {
    detail: { place: store.place, index: place.indexId, shard: place.shard, expected: offset, found },
  });
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = await open(join(folder, manifestName), 'w');
  try {
    await file.writeFile(encodeManifest(manifest));
    await file.sync();
  } finally {
    await file.close();
  }
}
