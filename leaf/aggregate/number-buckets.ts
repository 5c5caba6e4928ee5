import { bucketIndexOf } from '../../shared/aggregation/bucket-index.ts';
import type { HistogramRequest, TermsRequest } from '../../shared/aggregation/request.ts';
import { limits } from '../../shared/limits.ts';
import type { NumberColumn } from '../columns/columns.ts';
import type { Segment } from '../segment/open.ts';
import { Buckets } from './buckets.ts';
import type { Steps } from '../schedule/steps.ts';
import { numberColumnOf } from './columns-of.ts';
import { check } from './task-budget.ts';

/** Documents by a number made of each value of a numeric field. */
abstract class NumberBuckets<R extends TermsRequest | HistogramRequest> extends Buckets<R> {
  private column: NumberColumn | null = null;

  collect(parent: number, docId: number): void {
    const { column, table, nested } = this;
    if (column === null) return;
    const start = column.starts[docId]!;
    const end = column.starts[docId + 1]!;
    this.budget.work += end - start;
    const weight = this.weightOf(docId);
    table.beginDocument();
    for (let i = start; i < end; i++) {
      const bucket = table.bucketOf(parent, this.keyOfValue(column.values[i]!));
      if (table.count(bucket, weight)) nested.collect(bucket, docId);
    }
  }

  protected enter(segment: Segment): void {
    this.column = numberColumnOf(segment, this.request.field);
  }

  protected keyOf(bucket: number): number {
    return this.table.keyOf(bucket);
  }

  protected *rankKeys(): Steps<void> {
    // Numbers compare as they are.
  }

  protected compareKeysOf(bucketA: number, bucketB: number): number {
    return this.table.keyOf(bucketA) - this.table.keyOf(bucketB);
  }

  protected abstract keyOfValue(value: number): number;
}

/** Documents by each distinct value. */
export class NumberTermsCollector extends NumberBuckets<TermsRequest> {
  protected keyOfValue(value: number): number {
    return value;
  }
}

/** Documents by the interval that a value falls in. */
export class HistogramCollector extends NumberBuckets<HistogramRequest> {
  override collect(parent: number, docId: number): void {
    super.collect(parent, docId);
    // All buckets of a histogram are in its answer, so a part with too many is one too many for the whole.
    check(this.table.sizeOf(parent), limits.bucketsMax);
  }

  protected keyOfValue(value: number): number {
    return bucketIndexOf(this.request, value);
  }
}
