/**
 * Two documents of one key, apart in their index, whose routings put them into one shard of the index that is copied into: there they
 * would be one, and one of them lost. Pure.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import type { PlacedDocument } from './find-keys.ts';

export interface Collision {
  readonly key: string;
  /** Null: by the key. Of one that is gone it is not known. */
  readonly routings: readonly (string | null)[];
  /** Of the index that is copied into. */
  readonly shard: number;
}

export interface CopiedKey {
  readonly key: string;
  /** Of the index that is copied into. */
  readonly shard: number;
  /** The documents of the key that are to be copied, in all shards. */
  readonly here: readonly PlacedDocument[];
  /** The copy of the key in `shard` that stood in the way of another, null where that was deleted; undefined where none did. */
  readonly there: PlacedDocument | null | undefined;
}

/**
 * Whether a key whose copy met another document, or a trace of one, has lost a document by it.
 * @param upTo by shard of the index: up to where its log was copied
 */
export function collisionOf(
  { key, shard, here, there }: CopiedKey,
  target: Pick<IndexDefinition, 'shards'>,
  upTo: readonly number[],
): Collision | null {
  const meeting = here.filter(({ routing }) => shardOfKey(routing ?? key, target.shards) === shard);
  if (meeting.length > 1) return { key, routings: meeting.slice(0, 2).map(({ routing }) => routing), shard };
  const [only] = meeting;
  // What was not copied yet will be.
  if (only === undefined || there === undefined || only.sequence > upTo[only.shard]!) return null;
  if (there === null) return { key, routings: [only.routing], shard };
  return there.routing === only.routing ? null : { key, routings: [only.routing, there.routing], shard };
}
