import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import type { Segment } from '../segment/open.ts';
import { Buckets } from './buckets.ts';
import type { CollectingTask } from './collecting-task.ts';
import { chosenOrdinals } from './chosen-values.ts';
import type { OrdinalValues } from './column-values.ts';
import type { Steps } from '../schedule/steps.ts';
import { termsSending } from './send-terms.ts';
import { TermNumbers } from './term-numbers.ts';

/** Documents by each distinct value of a keyword field. */
export class KeywordTermsCollector extends Buckets<TermsPartial> {
  private readonly values: OrdinalValues;
  private readonly numbers: TermNumbers;
  private readonly missing: string | null;
  /** The ordinal of documents without a value, and the number of the term they have; −1 where they have none. */
  private missingOrdinal = -1;
  private missingNumber = -1;
  /** By term number, plus one; 0 where there is none: the bucket in parent 0, which at the top is the only one. */
  private topBuckets = new Uint32Array(64);

  constructor(request: TermsRequest, task: CollectingTask) {
    super(request, task, termsSending(request));
    this.missing = request.missing === undefined ? null : String(request.missing);
    this.values = chosenOrdinals(request.field, { choice: request.choice, missing: this.missing });
    this.numbers = task.sharedOf(TermNumbers, request.field);
  }

  collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values, numbers, table, found, missingOrdinal, missingNumber } = this;
    values.begin(parents, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.work += n;
      for (let i = 0; i < n; i++) {
        const parent = values.buckets[i]!;
        const ordinal = values.values[i]!;
        const number = ordinal === missingOrdinal ? missingNumber : numbers.numberOf(ordinal);
        found[i] = parent === 0 ? this.topBucketOf(number) : table.bucketOf(parent, number);
      }
      this.file(values.docIds, n, values.isSingle);
    }
  }

  protected enter(segment: Segment): void {
    const field = this.values.enterSegment(segment);
    this.numbers.enterSegment(segment);
    if (this.missing === null) return;
    this.missingOrdinal = field?.dictionary.size ?? 0;
    this.missingNumber = this.numbers.numberOfTerm(this.missing);
  }

  protected keyOf(bucket: number): string {
    return this.numbers.termOf(this.table.keyOf(bucket));
  }

  protected rankKeys(): Steps<void> {
    return this.numbers.rank();
  }

  protected compareKeysOf(bucketA: number, bucketB: number): number {
    return this.numbers.rankOf(this.table.keyOf(bucketA)) - this.numbers.rankOf(this.table.keyOf(bucketB));
  }

  private topBucketOf(number: number): number {
    const known = this.topBuckets[number] ?? 0;
    if (known !== 0) return known - 1;
    if (number >= this.topBuckets.length) {
      const longer = new Uint32Array(2 * number);
      longer.set(this.topBuckets);
      this.topBuckets = longer;
    }
    const bucket = this.table.bucketOf(0, number);
    this.topBuckets[number] = bucket + 1;
    return bucket;
  }
}
