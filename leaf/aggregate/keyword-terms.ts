import type { TermsPartial, TermsRequest } from '../../shared/aggregation/terms.ts';
import type { Segment } from '../segment/open.ts';
import { Buckets } from './buckets.ts';
import type { CollectingTask } from './collecting-task.ts';
import type { Steps } from '../schedule/steps.ts';
import { termsSending } from './send-terms.ts';
import { TermNumbers } from './term-numbers.ts';

/** Documents by each distinct value of a keyword field. */
export class KeywordTermsCollector extends Buckets<TermsPartial> {
  private readonly numbers: TermNumbers;
  /** By term number, plus one; 0 where there is none: the bucket in parent 0, which at the top is the only one. */
  private topBuckets = new Uint32Array(64);

  constructor(request: TermsRequest, task: CollectingTask) {
    super(request, task, termsSending(request));
    this.numbers = task.sharedOf(TermNumbers, request.field);
  }

  collect(parent: number, docId: number): void {
    const { numbers, table, nested } = this;
    const { field } = numbers;
    if (field === null) return;
    const { starts, ordinals } = field.column;
    const start = starts[docId]!;
    const end = starts[docId + 1]!;
    this.budget.work += end - start;
    const weight = this.weightOf(docId);
    table.beginDocument();
    for (let i = start; i < end; i++) {
      const number = numbers.numberOf(ordinals[i]!);
      const bucket = parent === 0 ? this.topBucketOf(number) : table.bucketOf(parent, number);
      if (table.count(bucket, weight)) nested.collect(bucket, docId);
    }
  }

  protected enter(segment: Segment): void {
    this.numbers.enterSegment(segment);
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
