/** Which objects in object storage nothing names any more, of what was listed. Pure. */
import { offsetOfId } from '../../shared/catalog/index-id.ts';
import { indexesPrefix, type ShardPlace } from '../../shared/snapshots/shard-manifest.ts';
import { snapshotsPrefix } from '../../shared/snapshots/kept-snapshot.ts';

export interface ListedShard extends ShardPlace {
  /** Keys of everything but what is kept. */
  readonly keys: readonly string[];
  /** Ids of the snapshots that are there of which it is kept. */
  readonly kept: readonly string[];
}

export interface Listed {
  /** Of snapshots that are not there: nobody makes them whole any more. */
  readonly loose: readonly string[];
  /** Of indexes that the catalog had and has no more. */
  readonly deleted: readonly ListedShard[];
  /** Of indexes that it has. */
  readonly present: readonly ListedShard[];
}

export interface ListingGround {
  /** Listed before the next was read. */
  readonly keys: Iterable<string>;
  /** Ids of the snapshots that are whole, or are made. */
  readonly snapshots: ReadonlySet<string>;
  readonly catalogOffset: number;
  /** Ids of the indexes of the catalog up to that offset. */
  readonly indexes: ReadonlySet<string>;
}

/** What else is there is left alone: keys of no known form, and indexes that were created after the catalog's offset. */
export function sortListing({ keys, snapshots, catalogOffset, indexes }: ListingGround): Listed {
  const loose: string[] = [];
  const shards = new Map<string, { indexId: string; shard: number; keys: string[]; kept: string[] }>();
  for (const key of keys) {
    const whole = key.startsWith(snapshotsPrefix) ? key.slice(snapshotsPrefix.length) : undefined;
    if (whole !== undefined) {
      if (!snapshots.has(whole)) loose.push(key);
      continue;
    }
    const [, indexId, shard, folder, rest] = ofShard.exec(key) ?? [];
    if (indexId === undefined) continue;
    const name = `${indexId}/${shard}`;
    const listed = shards.get(name) ?? { indexId, shard: Number(shard), keys: [], kept: [] };
    shards.set(name, listed);
    if (folder !== 'kept/') listed.keys.push(key);
    else if (snapshots.has(rest!)) listed.kept.push(rest!);
    else loose.push(key);
  }
  const all = [...shards.values()];
  return {
    loose,
    present: all.filter(({ indexId }) => indexes.has(indexId)),
    deleted: all.filter(({ indexId }) => !indexes.has(indexId) && wasCreated(indexId, catalogOffset)),
  };
}

const ofShard = new RegExp(`^${indexesPrefix}([^/]+)/(\\d+)/(manifest$|files/|kept/)(.*)$`);

/** Whether the index of this id was created by an entry that the catalog has read. */
function wasCreated(id: string, catalogOffset: number): boolean {
  const offset = offsetOfId(id);
  return offset !== null && offset <= catalogOffset;
}
