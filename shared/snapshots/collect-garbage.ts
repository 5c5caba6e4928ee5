/**
 * Lets go in object storage of files of a shard that no manifest names. Touches the world through the store it is given.
 *
 * Garbage is collected under token t only after a manifest with t was swapped in, and of the keys with t or lower only what neither that
 * manifest names nor one that is kept (kept-shard.ts), and these are listed after the swap. What replaces the manifest later names files
 * that it names, or with higher tokens: these are never touched, however late the collector comes. And what a paused
 * uploader put before is not named any more by anybody: its swap fails, since the version it read is gone.
 *
 * Tokens of a copy of the cluster say nothing about those of this one. So before anything goes it is asked whether the place is still this
 * cluster's: what a copy has put since it claimed the place is in a listing only if it is claimed by then.
 */
import { Fence, type Token } from '../lease/fence.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { readKeptShard, snapshotOfKey } from './kept-shard.ts';
import { readManifest } from './read-manifest.ts';
import {
  encodeShardManifest,
  filesPrefix,
  manifestKey,
  shardPrefix,
  tokenOffsetOf,
  type ShardManifest,
  type ShardPlace,
} from './shard-manifest.ts';

/**
 * @param manifest was swapped in by this process
 * @param confirm that the place is this cluster's
 * @returns how many files went
 * @throws SheafError what the store and `confirm` throw; STORAGE_CORRUPT, DATA_VERSION_UNKNOWN where a manifest that is kept cannot be read: nothing
 *   goes then
 */
export async function collectGarbage(
  store: ObjectStore,
  manifest: ShardManifest,
  confirm: () => Promise<void>,
): Promise<number> {
  const garbage = await garbageOf(store, manifest);
  if (garbage.length === 0) return 0;
  await confirm();
  await store.remove(garbage);
  return garbage.length;
}

async function garbageOf(store: ObjectStore, manifest: ShardManifest): Promise<string[]> {
  const prefix = shardPrefix(manifest);
  const paths: string[] = [];
  const kept: ShardManifest[] = [];
  for await (const path of store.list(prefix)) {
    const snapshotId = snapshotOfKey(path.slice(prefix.length));
    if (snapshotId === undefined) {
      paths.push(path);
      continue;
    }
    // One that went meanwhile names nothing that anybody will read.
    const found = await readKeptShard(store, manifest, snapshotId);
    if (found !== null) kept.push(found);
  }
  return garbageAmong(paths, manifest, kept);
}

/**
 * Of the keys of a shard those of files that were put under the token of its manifest or a lower one, and that neither it names nor one that is
 * kept.
 */
export function garbageAmong(
  paths: readonly string[],
  manifest: ShardManifest,
  kept: readonly ShardManifest[],
): string[] {
  const prefix = filesPrefix(manifest);
  const named = new Set([manifest, ...kept].flatMap((each) => each.files.map(({ key }) => key)));
  return paths.filter((path) => {
    const key = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    const putUnder = tokenOffsetOf(key);
    return putUnder !== undefined && putUnder <= manifest.token.offset && !named.has(key);
  });
}

/**
 * Collects the garbage of a shard that nobody stores at the moment: swaps in the manifest that is there, with its own token.
 * @param options `require`: the token of the shard's lease, as long as it is held; `confirm`: that the place is this cluster's
 * @returns how many files went
 * @throws SheafError LEASE_LOST, LEASE_FENCED, LEASE_OF_OTHER_LOG, STORAGE_CONFLICT; what the store and `confirm` throw
 */
export async function raiseAndCollect(
  store: ObjectStore,
  place: ShardPlace,
  { require, confirm }: { readonly require: () => Token; readonly confirm: () => Promise<void> },
): Promise<number> {
  const found = await readManifest(store, place);
  if (found === null) return 0;
  const token = require();
  new Fence(found.manifest.token).admit(token);
  const manifest = { ...found.manifest, number: found.manifest.number + 1, token };
  await confirm();
  await store.swap(manifestKey(place), encodeShardManifest(manifest), found.version);
  return await collectGarbage(store, manifest, confirm);
}
