/**
 * Which replicas of a leaf are to be brought into object storage now. Pure.
 *
 * Every leaf has files of its own of a shard, so a shard that now one leaf stores and now another would be sent whole each
 * time. So the first of its owners stores it, and each other one waits so long for those before it that it sees them gone.
 */

/** A replica that answers. */
export interface StorableReplica {
  readonly indexId: string;
  readonly shard: number;
  /** Up to where it has the log. */
  readonly offset: number;
  /** How many owners of the shard come before this leaf. */
  readonly rank: number;
}

/** What a leaf knows of a shard in the store. */
export interface KnownShard {
  /** Up to where the store has it, as far as this leaf has seen; −1 where it has seen nothing. */
  readonly storedOffset: number;
  /** Rounds in a row in which the replica had more than that. */
  readonly roundsBehind: number;
}

/** Rounds that a leaf leaves to each owner before it. */
const roundsOfOwner = 3;

export const unknownShard: KnownShard = { storedOffset: -1, roundsBehind: 0 };

/** What is known after a round has begun, and whether this leaf should store the shard in it. */
export function beginRound(replica: StorableReplica, known: KnownShard): { known: KnownShard; isDue: boolean } {
  if (replica.offset <= known.storedOffset) return { known: { ...known, roundsBehind: 0 }, isDue: false };
  const roundsBehind = known.roundsBehind + 1;
  return { known: { ...known, roundsBehind }, isDue: roundsBehind > replica.rank * roundsOfOwner };
}

/** What is known after the store was seen to have the shard up to an offset. Who stores it goes on doing so. */
export function sawStored(known: KnownShard, storedOffset: number): KnownShard {
  return storedOffset > known.storedOffset ? { storedOffset, roundsBehind: 0 } : known;
}
