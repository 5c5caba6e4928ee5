/** Up to where each replica of a folder has read the log, from the manifests alone. Touches the world: files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import { decodeManifest, kindOf, type Manifest } from './manifest.ts';
import { manifestName } from './replica-files.ts';

export interface ReplicaOffset {
  readonly indexId: string;
  readonly shard: number;
  readonly kind: IndexKind;
  readonly offset: number;
}

/** @param folder holds one folder an index, and in it one a shard; those that cannot be read are left out */
export async function readOffsets(folder: string): Promise<ReplicaOffset[]> {
  const offsets: ReplicaOffset[] = [];
  for (const indexId of await namesIn(folder)) {
    for (const name of await namesIn(join(folder, indexId))) {
      const shard = Number(name);
      // A folder that is damaged is filled anew from the log, and so cannot be ahead of it.
      const text = await readFile(join(folder, indexId, name, manifestName), 'utf8').catch(() => null);
      const found = text === null ? null : readManifest(text, indexId, shard);
      if (found !== null) offsets.push({ indexId, shard, kind: kindOf(found), offset: found.offset });
    }
  }
  return offsets;
}

function readManifest(text: string, indexId: string, shard: number): Manifest | null {
  try {
    return decodeManifest(text, { indexId, shard });
  } catch {
    return null;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
