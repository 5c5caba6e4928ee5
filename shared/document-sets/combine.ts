/** Unions, intersections and the like of document sets. What goes in stays as it is; what comes out is the caller's. */
import { RoaringBitmap32 } from './roaring.ts';

/** Smallest first, so that every step costs no more than the smallest set. At least one set. */
export function intersect(sets: readonly RoaringBitmap32[]): RoaringBitmap32 {
  const [first, ...rest] = sets.toSorted((a, b) => a.size - b.size);
  const result = first!.clone();
  for (const set of rest) {
    if (result.isEmpty) break;
    result.andInPlace(set);
  }
  return result;
}

export function unite(sets: readonly RoaringBitmap32[]): RoaringBitmap32 {
  const result = new RoaringBitmap32();
  for (const set of sets) result.orInPlace(set);
  return result;
}

export function subtract(from: RoaringBitmap32, without: RoaringBitmap32): RoaringBitmap32 {
  return RoaringBitmap32.andNot(from, without);
}

/**
 * Documents of at least `minimum` of the sets. Of each set the documents of n sets so far become those of n + 1: as many
 * unions and intersections as there are sets times `minimum`.
 */
export function atLeast(sets: readonly RoaringBitmap32[], minimum: number): RoaringBitmap32 {
  // At n − 1 the documents of at least n of the sets so far.
  const inMany = Array.from({ length: minimum }, () => new RoaringBitmap32());
  for (const set of sets) {
    for (let n = minimum - 1; n > 0; n--) {
      const more = RoaringBitmap32.and(inMany[n - 1]!, set);
      inMany[n]!.orInPlace(more);
      more.dispose();
    }
    inMany[0]!.orInPlace(set);
  }
  const result = inMany.pop()!;
  for (const set of inMany) set.dispose();
  return result;
}
