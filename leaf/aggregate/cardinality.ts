import type { CardinalityPartial } from '../../shared/aggregation/cardinality-partial.ts';
import type { CardinalityRequest } from '../../shared/aggregation/cardinality.ts';
import { DistinctHashes } from '../../shared/aggregation/distinct-hashes.ts';
import { hashNumber } from '../../shared/hashing/hash-number.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import type { SteppedCollector } from './collector.ts';
import { NumberValues, OrdinalValues } from './column-values.ts';
import { noNumbers } from '../columns/packed-numbers.ts';
import { numberColumnOf } from '../segment/columns-of.ts';
import { OrdinalHashes } from './ordinal-hashes.ts';
import { SeenValues } from './seen-values.ts';
import type { TermCaches } from './term-caches.ts';
import type { TaskBudget } from './task-budget.ts';

export const makeCardinality: MakeCollector<'cardinality'> = (request, task) =>
  request.values === 'string' ? new KeywordCardinality(request, task) : new NumberCardinality(request, task);

/** Bytes that are held, and characters that are sent, for what a bucket takes. */
const heldPerBucket = 64;
const sentPerBucket = 128;
/** Characters of a partial that are made in what looking at a document takes. */
const sentPerDocument = 16;
/** What a value that is hashed and looked up takes, in values that are added up. */
const workPerValue = 8;

/**
 * Distinct values in each bucket. What they take is counted in buckets, held and sent, so that a task stays as small as
 * one of buckets alone, and terms with large sets in them send fewer buckets.
 */
abstract class CardinalityCollector implements SteppedCollector<CardinalityPartial> {
  readonly sending = 'inSteps';
  protected readonly budget: TaskBudget;
  /** Those of the segment that the set at the top has been given. */
  protected readonly seen = new SeenValues();
  private readonly threshold: number;
  private readonly empty: CardinalityPartial;
  /** By bucket; none where no value was seen. */
  private readonly sets: (DistinctHashes | null)[] = [];
  /** By bucket, how much of the budget its set holds. */
  private readonly held: number[] = [];

  constructor({ precisionThreshold }: CardinalityRequest, { budget }: CollectingTask) {
    this.budget = budget;
    this.threshold = precisionThreshold;
    this.empty = new DistinctHashes(precisionThreshold).partial();
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

  *partial(bucket: number): Steps<CardinalityPartial> {
    const set = this.sets[bucket] ?? null;
    if (set === null) return this.empty;
    this.budget.send(sentFor(set));
    const partial = set.partial();
    yield set.partialLength / sentPerDocument;
    return partial;
  }

  /** The set of a bucket, which is about to be given a value. */
  protected setOf(bucket: number): DistinctHashes {
    this.budget.work += workPerValue;
    return this.sets[bucket] ?? this.addSet(bucket);
  }

  /** To be called when a set has become larger or smaller. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  protected hold(bucket: number, { sizeBytes }: DistinctHashes): void {
    const buckets = Math.ceil(sizeBytes / heldPerBucket);
    this.budget.holdSet(buckets - this.held[bucket]!);
    this.held[bucket] = buckets;
  }

  private addSet(bucket: number): DistinctHashes {
    while (this.sets.length <= bucket) {
      this.sets.push(null);
      this.held.push(0);
    }
    const set = new DistinctHashes(this.threshold);
    this.hold(bucket, set);
    this.sets[bucket] = set;
    return set;
  }
}

/** What a set takes of an answer, in buckets: small ones nothing, as any metric of a bucket. */
function sentFor(set: DistinctHashes | null): number {
  return set === null ? 0 : Math.floor(set.partialLength / sentPerBucket);
}

class NumberCardinality extends CardinalityCollector {
  private readonly values: NumberValues;
  private readonly field: string;
  private readonly hash = new Uint32Array(2);

  constructor(request: CardinalityRequest, task: CollectingTask) {
    super(request, task);
    this.field = request.field;
    this.values = new NumberValues(request.field, null, false);
  }

  enterSegment(segment: Segment): void {
    this.values.enterSegment(segment);
    const bounds = numberColumnOf(segment, this.field)?.outerBounds ?? noNumbers;
    this.seen.enterSegment(bounds.low, bounds.high - bounds.low + 1);
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values, hash } = this;
    values.begin(buckets, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.work += n;
      if (values.isTop) n = this.seen.leaveOut(values.values, n);
      for (let i = 0; i < n; i++) {
        const bucket = values.buckets[i]!;
        const set = this.setOf(bucket);
        hashNumber(values.values[i]!, hash);
        if (set.add(hash[0]!, hash[1]!)) this.hold(bucket, set);
      }
    }
  }
}

class KeywordCardinality extends CardinalityCollector {
  private readonly values: OrdinalValues;
  private readonly terms: OrdinalHashes;

  constructor(request: CardinalityRequest, task: CollectingTask) {
    super(request, task);
    this.values = new OrdinalValues(request.field, false, false);
    this.terms = task.sharedOf(OrdinalHashes, request.field);
  }

  prepare(segments: readonly Segment[], caches: TermCaches): Steps<void> {
    return this.terms.prepare(segments, caches);
  }

  enterSegment(segment: Segment): void {
    const field = this.values.enterSegment(segment);
    this.terms.enterSegment(segment);
    this.seen.enterSegment(0, field?.dictionary.size ?? 0);
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values } = this;
    values.begin(buckets, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.work += n;
      if (values.isTop) n = this.seen.leaveOut(values.values, n);
      for (let i = 0; i < n; i++) this.add(values.buckets[i]!, values.values[i]!);
    }
  }

  private add(bucket: number, ordinal: number): void {
    const { hashes } = this.terms;
    const set = this.setOf(bucket);
    const at = 2 * ordinal;
    if (hashes[at] === 0 && hashes[at + 1] === 0) this.terms.read(ordinal);
    if (set.add(hashes[at]!, hashes[at + 1]!)) this.hold(bucket, set);
  }
}
