import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import type { Segment } from '../segment/open.ts';
import { Buckets } from './buckets.ts';
import type { CollectingTask } from './collecting-task.ts';
import { chosenOrdinals } from './chosen-values.ts';
import type { OrdinalValues } from './column-values.ts';
import { batchMax, topBuckets } from './document-batch.ts';
import { keywordFieldOf } from '../segment/columns-of.ts';
import type { TermCaches } from './term-caches.ts';
import type { Steps } from '../schedule/steps.ts';
import { termsSending } from './send-terms.ts';
import { MetTermNumbers, TermNumbers } from './term-numbers.ts';
import type { TaskBudget } from './task-budget.ts';
import type { UnmatchedTerms } from './unmatched-terms.ts';

/** Documents by each distinct value of a keyword field. */
export class KeywordTermsCollector extends Buckets<TermsPartial> {
  protected readonly values: OrdinalValues;
  protected readonly numbers: TermNumbers;
  /** Whether every term of every document counts. */
  private readonly takesAll: boolean;
  private caches: TermCaches | null = null;

  constructor(request: TermsRequest, task: CollectingTask) {
    super(request, task, termsSending(request));
    const missing = request.missing === undefined ? null : String(request.missing);
    this.values = chosenOrdinals(request.field, { choice: request.choice, missing });
    this.takesAll = missing === null && request.choice === undefined;
    this.numbers =
      missing === null
        ? task.sharedOf(TermNumbers, request.field)
        : new NumbersWithMissing(request.field, task.budget, missing);
  }

  override *prepare(segments: readonly Segment[], caches: TermCaches): Steps<void> {
    this.caches = caches;
    yield* this.numbers.prepare(segments, caches);
    yield* super.prepare(segments, caches);
  }

  /** Counts are how many documents each term of the dictionary is in. */
  *collectAll(segment: Segment): Steps<boolean> {
    const field = keywordFieldOf(segment, this.field);
    if (!this.countsOnly || !this.takesAll || field === null || this.caches === null) return false;
    const { dictionary } = field;
    if (dictionary.size > segment.documents) return false;
    const counted = yield* this.caches.counted.of([dictionary]);
    if (counted === null) return false;
    const { numbers, table, found } = this;
    const ordinals = new Uint32Array(batchMax);
    if (table.size === 0) table.reserve(dictionary.size);
    for (let start = 0; start < dictionary.size; start += batchMax) {
      const count = Math.min(batchMax, dictionary.size - start);
      for (let i = 0; i < count; i++) ordinals[i] = start + i;
      table.bucketsOf(topBuckets, numbers.numbersOf(ordinals, count), count, found);
      table.countMany(found, counted.documents.subarray(start, start + count), count);
      yield count;
    }
    return true;
  }

  collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values, numbers, table, found } = this;
    values.begin(parents, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.spend(n);
      table.bucketsOf(values.buckets, numbers.numbersOf(values.values, n), n, found);
      this.file(values.docIds, n, values.isOnce);
    }
  }

  protected enter(segment: Segment): void {
    this.values.enterSegment(segment);
    this.numbers.enterSegment(segment);
  }

  protected keyOf(bucket: number): string {
    return this.numbers.termToSend(this.table.keyOf(bucket));
  }

  protected get areKeysOrdered(): boolean {
    return this.numbers.areOrdered;
  }

  protected rankKeys(): Steps<void> {
    return this.numbers.rank();
  }

  protected compareKeysOf(bucketA: number, bucketB: number): number {
    return this.numbers.rankOf(this.table.keyOf(bucketA)) - this.numbers.rankOf(this.table.keyOf(bucketB));
  }
}

/** The same with a bucket for each term that none of them has. At the top. */
export class AllKeywordTermsCollector extends KeywordTermsCollector {
  private readonly unmatched: UnmatchedTerms;

  constructor(request: TermsRequest, unmatched: UnmatchedTerms, task: CollectingTask) {
    super(request, task);
    this.unmatched = unmatched;
  }

  see(docIds: Uint32Array, count: number): void {
    const { values, numbers, unmatched } = this;
    values.begin(topBuckets, unmatched.docIds, unmatched.keep(docIds, count));
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.spend(n);
      unmatched.add(numbers.numbersOf(values.values, n), n);
    }
  }

  complete(): Steps<void> {
    return this.unmatched.addTo(this.table);
  }

  protected override enter(segment: Segment): void {
    super.enter(segment);
    this.unmatched.enterSegment();
  }
}

/** Numbers of terms of which one is that of documents without a value. */
class NumbersWithMissing extends MetTermNumbers {
  private readonly missing: string;

  constructor(field: string, budget: TaskBudget, missing: string) {
    super(field, budget);
    this.missing = missing;
  }

  override enterSegment(segment: Segment): void {
    super.enterSegment(segment);
    this.takeMissing(this.missing);
  }
}
