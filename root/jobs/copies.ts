/**
 * What copies are marked with, and what of those of a key goes, when the stretch of the log of a shard that writes to the key has been copied. Of a document that is
 * gone only its copies know the routing, and one that was routed anew may have left its copy in another shard. Pure.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { hashBytes64, shardOfKey } from '../../shared/hashing/hash.ts';
import type { JobSpec } from '../../shared/jobs/job-entry.ts';
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
  readonly now: Pick<PlacedDocument, 'routing'> | null;
  /** What was the last routing, where there is a document that is not to be copied. */
  readonly routing: string | null;
  /** All documents of the key that the target has, whosever they are. */
  readonly copies: readonly PlacedDocument[];
  /** The highest version that a copy of what was before has. */
  readonly version: number;
}

/** A delete of what is a copy of no higher version. */
export interface CopyDeletion {
  readonly key: string;
  readonly routing: string | null;
  readonly version: number;
}

/**
 * What the copies of a job are known by: another of the same index and query makes the same ones. What one of another query has
 * copied is its own, and goes with no document that this one does not look for.
 * @returns from 1, of 32 bits
 */
export function originOf({ indexId, query = null }: Pick<JobSpec, 'indexId' | 'query'>): number {
  return Number(hashBytes64(Buffer.from(JSON.stringify([indexId, query]))) % 0xffffffffn) + 1;
}

/**
 * Whether what is there is a copy is judged when the delete has its turn: what is not stays. Copies of documents of the same key that are
 * in other shards of the index are not asked for. Where a document is gone and no copy is there,
 * one that comes late finds its version buried, in the shard where its key or its last routing puts it.
 */
export function deletionsOf(followed: Followed, { key, now, routing, copies, version }: FollowedKey): CopyDeletion[] {
  const { target } = followed;
  // Nothing was before the first entry of the log.
  if (version < 1) return [];
  const own = copies.filter((copy) => isOf(followed, copy));
  if (now !== null) {
    const there = shardOfKey(now.routing ?? key, target.shards);
    return own.filter(({ shard }) => shard !== there).map((copy) => ({ key, routing: copy.routing, version }));
  }
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
