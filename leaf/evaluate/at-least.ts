import { noMoreDocuments, ResumingIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';

/** Documents that at least `minimum` of the clauses match. Scores add in the order written. */
export class AtLeast extends ResumingIterator {
  override readonly cost: number;
  private readonly clauses: readonly DocumentIterator[];
  private readonly minimum: number;

  /** @param minimum 1 to the number of clauses */
  constructor(clauses: readonly DocumentIterator[], minimum: number) {
    super();
    this.clauses = clauses;
    this.minimum = minimum;
    this.cost = clauses.reduce((sum, clause) => sum + clause.cost, 0);
  }

  protected override find(target: number, end: number): number {
    const { clauses, minimum } = this;
    let from = target;
    while (from < end) {
      let least = noMoreDocuments;
      let count = 0;
      for (let i = 0; i < clauses.length; i++) {
        const docId = clauses[i]!.advance(from, end);
        if (docId < least) {
          least = docId;
          count = 1;
        } else if (docId === least) count++;
      }
      if (least >= end || count >= minimum) return least;
      from = least + 1;
    }
    return from;
  }

  override score(): number {
    const { clauses, docId } = this;
    let sum = 0;
    for (let i = 0; i < clauses.length; i++) if (clauses[i]!.docId === docId) sum += clauses[i]!.score();
    return sum;
  }
}
