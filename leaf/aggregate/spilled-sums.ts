import { sumOfBinary, sumOfTwo, type Sum } from '../../shared/aggregation/sum.ts';
import { Superaccumulator, superaccumulatorBytes } from '../../shared/aggregation/superaccumulator.ts';
import { bucketsOfBytes, type TaskBudget } from './task-budget.ts';

/**
 * The rest of sums that are kept as a running sum and what it lacks, two doubles side by side, as SumAccumulator has them: a
 * superaccumulator for each bucket in which two doubles did not hold all. Whoever adds values to the two looks whether
 * `roundingError` of what the sum lacks and of what it loses now is 0, and spills where it is not: where the error of the error
 * would be lost, and where the sum is beyond the largest double and is no number any more.
 */
export class SpilledSums {
  private readonly budget: TaskBudget;
  /** By bucket; none where two doubles say all. */
  private readonly exact: (Superaccumulator | undefined)[] = [];

  constructor(budget: TaskBudget) {
    this.budget = budget;
  }

  /**
   * Leaves 0 in the running sum of a bucket, and returns the superaccumulator that has it now.
   * @param at where the two doubles are @throws SheafError AGGREGATION_TOO_MANY_BUCKETS
   */
  spill(bucket: number, state: Float64Array, at: number): Superaccumulator {
    const exact = this.exact[bucket] ?? this.make(bucket);
    exact.add(state[at]!);
    exact.add(state[at + 1]!);
    state[at] = 0;
    state[at + 1] = 0;
    return exact;
  }

  /** The whole sum of a bucket. @param at where the two doubles are @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  sum(bucket: number, state: Float64Array, at: number): Sum {
    const sum = this.exact[bucket] === undefined ? sumOfTwo(state[at]!, state[at + 1]!) : null;
    return sum ?? sumOfBinary(this.spill(bucket, state, at).sum());
  }

  private make(bucket: number): Superaccumulator {
    this.budget.hold(bucketsOfBytes(superaccumulatorBytes));
    while (this.exact.length < bucket) this.exact.push(undefined);
    return (this.exact[bucket] = new Superaccumulator());
  }
}
