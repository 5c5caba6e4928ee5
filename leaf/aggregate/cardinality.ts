import type { CardinalityPartial } from '../../shared/aggregation/cardinality-partial.ts';
import type { CardinalityRequest } from '../../shared/aggregation/cardinality.ts';
import { DistinctHashes } from '../../shared/aggregation/distinct-hashes.ts';
import { hashNumber } from '../../shared/hashing/hash-number.ts';
import { hash64 } from '../../shared/hashing/hash.ts';
import type { Segment } from '../segment/open.ts';
import { BucketSets } from './bucket-sets.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { NumberValues, OrdinalValues } from './column-values.ts';
import { noNumbers } from '../columns/packed-numbers.ts';
import { numberColumnOf } from '../segment/columns-of.ts';
import { OrdinalHashes } from './ordinal-hashes.ts';
import { SeenValues } from './seen-values.ts';
import type { Steps } from '../schedule/steps.ts';
import type { TermCaches } from './term-caches.ts';

export const makeCardinality: MakeCollector<'cardinality'> = (request, task) =>
  request.values === 'string' ? new KeywordCardinality(request, task) : new NumberCardinality(request, task);

/** What a value that is hashed and looked up takes, in values that are added up. */
const workPerValue = 8;

/** Distinct values in each bucket. */
abstract class CardinalityCollector extends BucketSets<CardinalityPartial, DistinctHashes> {
  /** Those of the segment that the set at the top has been given. */
  protected readonly seen = new SeenValues();
  private readonly threshold: number;
  private readonly empty: CardinalityPartial;

  constructor({ precisionThreshold }: CardinalityRequest, { budget }: CollectingTask) {
    super(budget);
    this.threshold = precisionThreshold;
    this.empty = this.make().partial();
  }

  protected make(): DistinctHashes {
    return new DistinctHashes(this.threshold);
  }

  protected emptyPartial(): CardinalityPartial {
    return this.empty;
  }
}

class NumberCardinality extends CardinalityCollector {
  private readonly values: NumberValues;
  private readonly field: string;
  private readonly hash = new Uint32Array(2);

  constructor(request: CardinalityRequest, task: CollectingTask) {
    super(request, task);
    this.field = request.field;
    const missing = request.missing === undefined ? null : Number(request.missing);
    this.values = new NumberValues(request.field, missing, false);
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
      this.budget.spend(n);
      if (values.isTop) n = this.seen.leaveOut(values.values, n);
      this.budget.spend(workPerValue * n);
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
  /** The hash of the term of documents without one, the high half first; null where they have none. */
  private readonly missing: Uint32Array | null;
  /** The ordinal that such documents have in the segment entered. */
  private missingOrdinal = 0;

  constructor(request: CardinalityRequest, task: CollectingTask) {
    super(request, task);
    this.missing = request.missing === undefined ? null : hashOf(String(request.missing));
    this.values = new OrdinalValues(request.field, this.missing !== null, false);
    this.terms = task.sharedOf(OrdinalHashes, request.field);
  }

  prepare(segments: readonly Segment[], caches: TermCaches): Steps<void> {
    return this.terms.prepare(segments, caches);
  }

  enterSegment(segment: Segment): void {
    const terms = this.values.enterSegment(segment)?.dictionary.size ?? 0;
    this.missingOrdinal = terms;
    this.terms.enterSegment(segment);
    this.seen.enterSegment(0, terms);
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values } = this;
    values.begin(buckets, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.spend(n);
      if (values.isTop) n = this.seen.leaveOut(values.values, n);
      this.budget.spend(workPerValue * n);
      for (let i = 0; i < n; i++) {
        const bucket = values.buckets[i]!;
        const set = this.setOf(bucket);
        if (this.addTo(set, values.values[i]!)) this.hold(bucket, set);
      }
    }
  }

  private addTo(set: DistinctHashes, ordinal: number): boolean {
    const { missing } = this;
    if (missing !== null && ordinal === this.missingOrdinal) return set.add(missing[0]!, missing[1]!);
    const { hashes } = this.terms;
    const at = 2 * ordinal;
    if (hashes[at] === 0 && hashes[at + 1] === 0) this.terms.read(ordinal);
    return set.add(hashes[at]!, hashes[at + 1]!);
  }
}

function hashOf(term: string): Uint32Array {
  const hash = hash64(term);
  return Uint32Array.of(Number(hash >> 32n), Number(BigInt.asUintN(32, hash)));
}
