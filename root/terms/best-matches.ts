/** The first matches in the order asked for. Pure. */
import { BoundedHeap } from '../../shared/ranking/bounded-heap.ts';
import type { SortKey } from '../../shared/ranking/order.ts';

export interface Match {
  readonly ordinal: number;
  /** Null when none was computed. */
  readonly score: number | null;
}

/**
 * The best `k` matches: by score and by the order of the log, as the sort keys say; ties go to the lower ordinal.
 *
 * Cost: a comparison for most matches, and log k for each that enters.
 * @param matches ordinals, ascending
 * @param scores parallel to them; null where no key is the score
 * @param sort no key is a field
 */
export function bestMatches(
  matches: Uint32Array,
  scores: Float64Array | null,
  { k, sort }: { readonly k: number; readonly sort: readonly SortKey[] },
): Match[] {
  const compare = comparatorOf(sort, scores);
  const places = firstPlaces(matches.length, k, compare).sort(compare);
  return places.map((place) => ({ ordinal: matches[place]!, score: scores?.[place] ?? null }));
}

type Compare = (a: number, b: number) => number;

/** Negative when the match at place `a` comes before that at `b`. */
function comparatorOf(sort: readonly SortKey[], scores: Float64Array | null): Compare {
  return (a, b) => {
    for (const key of sort) {
      const order = key.by === 'score' ? scores![a]! - scores![b]! : a - b;
      if (order !== 0) return key.descending ? -order : order;
    }
    return a - b;
  };
}

/** The places of the best k of so many matches, in no order. */
function firstPlaces(count: number, k: number, compare: Compare): number[] {
  if (k >= count) return Array.from({ length: count }, (_, place) => place);
  if (k === 0) return [];
  const slots = new Uint32Array(k);
  const heap = new BoundedHeap(k, (a, b) => compare(slots[a]!, slots[b]!) > 0);
  for (let place = 0; place < count; place++) {
    if (!heap.isFull) {
      slots[heap.size] = place;
      heap.push();
    } else if (compare(place, slots[heap.worst]!) < 0) {
      slots[heap.worst] = place;
      heap.replacedWorst();
    }
  }
  return [...slots];
}
