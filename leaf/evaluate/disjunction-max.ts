import { Union } from './combine.ts';
import type { DocumentIterator } from './iterator.ts';

/** Documents that any clause matches, scored by the best clause and a share of the others. At least one clause. */
export class DisjunctionMax extends Union {
  private readonly scored: readonly DocumentIterator[];
  private readonly tieBreaker: number;

  /** @param tieBreaker what the others count, 0 to 1 */
  constructor(clauses: readonly DocumentIterator[], tieBreaker: number) {
    super(clauses);
    this.scored = clauses;
    this.tieBreaker = tieBreaker;
  }

  override score(): number {
    const { scored, docId } = this;
    let most = 0;
    let sum = 0;
    for (let i = 0; i < scored.length; i++) {
      if (scored[i]!.docId !== docId) continue;
      const score = scored[i]!.score();
      sum += score;
      if (score > most) most = score;
    }
    return most + this.tieBreaker * (sum - most);
  }
}
