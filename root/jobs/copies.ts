/**
 * What of the copies of a key goes, when the stretch of the log of a shard that writes to the key has been copied. Of a document that is
 * gone only its copies know the routing, and one that was routed anew may have left its copy in another shard. Pure.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import type { PlacedDocument } from './find-keys.ts';

type Sharded = Pick<IndexDefinition, 'shards' | 'routing'>;

export interface Followed {
  readonly index: Sharded;
  /** Of `index`: whose log was followed. */
  readonly shard: number;
  /** The index that has the copies. */
  readonly target: Sharded;
}

export interface FollowedKey {
  readonly key: string;
  /** What the key has in the index and in that shard after the stretch, as far as it is to be copied; null: nothing. */
  readonly now: Pick<PlacedDocument, 'routing' | 'sequence'> | null;
  /** What was the last routing, where there is a document that is not to be copied. */
  readonly routing: string | null;
  /** All documents of the key that the target has. */
  readonly copies: readonly PlacedDocument[];
  /** The end of the stretch. */
  readonly upTo: number;
}

/** A delete of a copy, with a version between those of before and after the stretch. */
export interface CopyDeletion {
  readonly key: string;
  readonly routing: string | null;
  readonly version: number;
}

/**
 * Copies of documents of the same key that are in other shards of the index stay. Where a document is gone and no copy is there,
 * one that comes late finds its version buried, in the shard where its key or its last routing puts it.
 */
export function deletionsOf(followed: Followed, { key, now, routing, copies, upTo }: FollowedKey): CopyDeletion[] {
  const { target } = followed;
  const own = copies.filter((copy) => isOf(followed, copy));
  if (now !== null) {
    const there = shardOfKey(now.routing ?? key, target.shards);
    const version = now.sequence + 1;
    return own.filter(({ shard }) => shard !== there).map((copy) => ({ key, routing: copy.routing, version }));
  }
  const version = upTo + 1;
  if (own.length > 0) return own.map((copy) => ({ key, routing: copy.routing, version }));
  const place = shardOfKey(routing ?? key, target.shards);
  const isTaken = copies.some(({ shard }) => shard === place);
  const isKnown = isOf(followed, { key, routing }) && (routing !== null || target.routing !== 'required');
  return isKnown && !isTaken ? [{ key, routing, version }] : [];
}

/** Whether a document of that routing is, or was, in the shard that is followed. */
function isOf({ index, shard }: Followed, { key, routing }: Pick<PlacedDocument, 'key' | 'routing'>): boolean {
  return shardOfKey(routing ?? key, index.shards) === shard && (routing !== null || index.routing !== 'required');
}
