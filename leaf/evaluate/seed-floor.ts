import type { BoundedTerm } from './bounded-term.ts';
import { noMoreDocuments } from './iterator.ts';
import { PrunedIntersection } from './pruned-intersection.ts';
import type { Accept, ScoreSink } from './pruned-search.ts';
import { PrunedTerm } from './pruned-term.ts';

/** Keeps the greatest `k` scores, not whose they are. */
class BestScores implements ScoreSink {
  readonly k: number;
  floor: number;
  /** Ascending. */
  private readonly scores: number[] = [];

  /** @param floor no score that is not above it is wanted */
  constructor(k: number, floor: number) {
    this.k = k;
    this.floor = floor;
  }

  offer(_docId: number, score: number): void {
    const { scores, k } = this;
    let at = scores.length;
    while (at > 0 && scores[at - 1]! > score) at--;
    scores.splice(at, 0, score);
    if (scores.length > k) scores.shift();
    if (scores.length === k) this.floor = scores[0]!;
  }

  raiseFloor(floor: number): void {
    this.floor = Math.max(this.floor, floor);
  }
}

/** Fewer postings are looked at sooner than floors are found for them. */
const postingsMin = 20_000;
/** So many documents that hold all terms, for each document wanted, are expected where the best of them are looked for. */
const matchesForEach = 8;
/** With fewer expected in the whole segment they are not looked for. */
const matchesForEachMin = 4;
/** A sum in another order, or of some of the terms only, may round otherwise. */
const roundedDown = 1 - 1e-12;

export interface SeedOptions {
  readonly k: number;
  readonly again: () => readonly BoundedTerm[];
  readonly accept: Accept | null;
  readonly documents: number;
}

/**
 * A score that at least `k` documents of the segment exceed by any of these terms, or −Infinity where none was found: before
 * anything was offered, it spares a disjunction the documents that only look good as long as nothing better is known.
 *
 * First by the weightiest term alone, whose best documents are cheap to find. Where the terms are common, the best
 * documents hold most of them: then by all terms, or the two weightiest, in as many documents as should do. The other terms can but
 * add to these scores.
 *
 * @param again gives the same terms anew: a search leaves them somewhere in their lists
 * @param accept stateless, as it is asked in several passes
 * @param documents of the segment
 */
export function seedFloor(terms: readonly BoundedTerm[], { k, again, accept, documents }: SeedOptions): number {
  let best: BoundedTerm | null = null;
  let postings = 0;
  for (const term of terms) {
    postings += term.list.documents;
    if (term.list.documents >= k && (best === null || term.bound > best.bound)) best = term;
  }
  if (best === null) return -Infinity;
  const alone = new BestScores(k, -Infinity);
  new PrunedTerm(best, accept).searchRange(0, noMoreDocuments, alone);
  if (terms.length < 2 || postings < postingsMin) return alone.floor * roundedDown;
  const together = new BestScores(k, alone.floor);
  const weightiest = again().toSorted((a, b) => b.bound - a.bound);
  for (const some of [weightiest, weightiest.slice(0, 2)]) {
    const share = some.reduce((product, { list }) => (product * list.documents) / documents, 1);
    if (share * documents < k * matchesForEachMin) continue;
    new PrunedIntersection(some, some.length, accept).searchRange(
      0,
      Math.min(documents, Math.ceil((k * matchesForEach) / share)),
      together,
    );
    break;
  }
  return together.floor * roundedDown;
}
