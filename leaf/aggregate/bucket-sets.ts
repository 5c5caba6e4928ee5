import type { AggregationPartial } from '../../shared/aggregation/definition.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import type { SteppedCollector } from './collector.ts';
import { bucketsOfBytes, bucketsOfSent, type TaskBudget } from './task-budget.ts';

/** What is kept of the values of one bucket, where that is more than a few numbers. */
export interface SizedSet {
  /** Memory it takes. */
  readonly sizeBytes: number;
  /** Characters of its partial, about. */
  readonly partialLength: number;
}

/** One whose partial is made at once. */
export interface BucketSet<P extends AggregationPartial> extends SizedSet {
  partial(): P;
}

/** Characters of a partial that are made in what looking at a document takes. */
const sentPerDocument = 16;

/**
 * A set in each bucket. What they take is counted in buckets, held and sent, so that a task stays as small as one of buckets alone, and
 * terms with large sets in them send fewer buckets.
 */
export abstract class SteppedSets<P extends AggregationPartial, S extends SizedSet> implements SteppedCollector<P> {
  readonly sending = 'inSteps';
  protected readonly budget: TaskBudget;
  /** By bucket; none where no value was seen. */
  private readonly sets: (S | null)[] = [];
  /** By bucket, how much of the budget its set holds. */
  private readonly held: number[] = [];

  constructor(budget: TaskBudget) {
    this.budget = budget;
  }

  get meanNeeded(): number {
    const sum = this.sets.reduce((total, set) => total + sentFor(set), 0);
    return sum / Math.max(1, this.sets.length);
  }

  get meanWanted(): number {
    return this.meanNeeded;
  }

  abstract enterSegment(segment: Segment): void;
  abstract collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void;

  wanted(bucket: number): number {
    return sentFor(this.sets[bucket] ?? null);
  }

  *partial(bucket: number): Steps<P> {
    const set = this.sets[bucket] ?? null;
    return set === null ? this.emptyPartial() : yield* this.partialOf(set);
  }

  /** Counts what it sends. @throws SheafError AGGREGATION_TOO_LARGE */
  protected abstract partialOf(set: S): Steps<P>;

  protected abstract make(): S;

  /** Of a bucket without values. */
  protected abstract emptyPartial(): P;

  /** The set of a bucket, which is about to be given a value. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  protected setOf(bucket: number): S {
    return this.sets[bucket] ?? this.addSet(bucket);
  }

  /** To be called when a set has become larger or smaller. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  protected hold(bucket: number, { sizeBytes }: S): void {
    const buckets = bucketsOfBytes(sizeBytes);
    this.budget.holdSet(buckets - this.held[bucket]!);
    this.held[bucket] = buckets;
  }

  private addSet(bucket: number): S {
    while (this.sets.length <= bucket) {
      this.sets.push(null);
      this.held.push(0);
    }
    const set = this.make();
    this.hold(bucket, set);
    this.sets[bucket] = set;
    return set;
  }
}

/** The same where partials are made at once. */
export abstract class BucketSets<P extends AggregationPartial, S extends BucketSet<P>> extends SteppedSets<P, S> {
  protected *partialOf(set: S): Steps<P> {
    this.budget.send(set.partialLength);
    const partial = set.partial();
    yield set.partialLength / sentPerDocument;
    return partial;
  }
}

/** What a set takes of an answer, in buckets. */
function sentFor(set: SizedSet | null): number {
  return set === null ? 0 : bucketsOfSent(set.partialLength);
}
