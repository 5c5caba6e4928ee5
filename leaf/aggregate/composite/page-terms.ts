import { bucketsOfBytes, type TaskBudget } from '../task-budget.ts';
import { MetTermNumbers } from '../term-numbers.ts';

/** Bytes of a term besides what long ones are counted for: its characters, and its places in a list and in maps. */
const termBytes = 128;

/** Numbers of terms of tuples that were on the page when they were met, whose memory is counted. */
export class PageTerms extends MetTermNumbers {
  private readonly held: TaskBudget;
  /** Terms whose memory was counted: numbers ascend. */
  private counted = 0;

  constructor(field: string, budget: TaskBudget) {
    super(field, budget);
    this.held = budget;
  }

  override numberOfTerm(term: string): number {
    const number = super.numberOfTerm(term);
    if (number === this.counted) {
      this.counted++;
      this.held.hold(bucketsOfBytes(termBytes));
    }
    return number;
  }
}
