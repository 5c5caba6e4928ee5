/**
 * Matching documents reach collectors in batches, as two lists beside each other: documents of one segment, and the bucket that
 * each of them fell in one level up. So a collector is called once for many documents, and what it does with them is a loop over
 * numbers side by side.
 */

/** Documents of a batch, at most; entries of a piece of values too (column-values.ts). */
export const batchMax = 512;

/** The buckets of documents at the top, where there is the bucket 0 alone. Not to be written to. */
export const topBuckets: Uint32Array = new Uint32Array(batchMax);

/** The greatest bucket of a batch or a piece. @param count of them, at least 1 */
export function greatestOf(buckets: Uint32Array, count: number): number {
  let greatest = 0;
  for (let i = 0; i < count; i++) if (buckets[i]! > greatest) greatest = buckets[i]!;
  return greatest;
}

/** Whether all documents of a batch or a piece are in one bucket, as they are at the top. @param count of them, at least 1 */
export function areOneBucket(buckets: Uint32Array, count: number): boolean {
  const first = buckets[0]!;
  if (buckets[count - 1] !== first) return false;
  for (let i = 1; i < count; i++) if (buckets[i] !== first) return false;
  return true;
}
