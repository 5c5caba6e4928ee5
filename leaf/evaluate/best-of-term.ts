import type { BoundedTerm } from './bounded-term.ts';
import { noMoreDocuments } from './iterator.ts';
import { PrunedTerm } from './pruned-term.ts';
import type { ScoreSink } from './pruned-search.ts';

/** Keeps the greatest `k` scores, not whose they are. */
class BestScores implements ScoreSink {
  readonly k: number;
  floor: number = -Infinity;
  /** Ascending. */
  private readonly scores: number[] = [];

  constructor(k: number) {
    this.k = k;
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

/**
 * A score that `k` documents of the segment reach by this term alone, or −Infinity where it has fewer. Leaves the
 * term's posting list at any block.
 * @param k small: keeping the best takes time in proportion
 */
export function reachedBy(term: BoundedTerm, k: number): number {
  if (term.list.documents < k) return -Infinity;
  const best = new BestScores(k);
  new PrunedTerm(term, null).searchRange(0, noMoreDocuments, best);
  return best.floor;
}
