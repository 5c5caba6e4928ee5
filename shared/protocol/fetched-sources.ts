/** Sources that were fetched after a search, as they travel: columns in the header, the bytes in the body. Pure. */
import { isObject } from '../json/read-object.ts';

/** In one order. The body has the sources, one after the other. */
export interface FetchedSources {
  readonly shards: readonly number[];
  readonly offsets: readonly number[];
  readonly sourceBytes: readonly number[];
}

/** Whether a value read from a frame has columns that fit together and fill a body of so many bytes. */
export function areFetchedSources(value: unknown, bodyBytes: number): value is FetchedSources {
  if (!isObject(value)) return false;
  const { shards, offsets, sourceBytes } = value;
  if (!isColumn(shards) || !isColumn(offsets) || !isColumn(sourceBytes)) return false;
  if (shards.length !== offsets.length || shards.length !== sourceBytes.length) return false;
  return sourceBytes.reduce((sum, bytes) => sum + bytes, 0) === bodyBytes;
}

function isColumn(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

/** Gives each source as a view of the body. */
export function eachSource(
  { shards, offsets, sourceBytes }: FetchedSources,
  body: Uint8Array,
  take: (shard: number, offset: number, source: Uint8Array) => void,
): void {
  let start = 0;
  for (const [i, bytes] of sourceBytes.entries()) {
    take(shards[i]!, offsets[i]!, body.subarray(start, start + bytes));
    start += bytes;
  }
}
