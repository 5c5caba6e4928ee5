/** A shard that a search need not ask: a replica has told that nothing in it matches. */
import type { AnsweredOffsets } from '../freshness/freshness.ts';

export interface SkippedShard {
  readonly shard: number;
  /** Of the state that this was told of. */
  readonly offset: number;
  /** Live ones in that state. */
  readonly documents: number;
}

/** What it adds to an answer: as much as a partial that has nothing. */
export function partialOfSkipped({ shard, offset, documents }: SkippedShard): AnsweredOffsets & { documents: number } {
  return { shards: [shard], offsets: { [shard]: offset }, documents };
}
