import type { AggregationPartial } from '../../shared/aggregation/definition.ts';
import type { NumberColumn } from '../columns/columns.ts';
import type { Segment } from '../segment/open.ts';
import { Buckets } from './buckets.ts';
import type { Steps } from '../schedule/steps.ts';
import { numberColumnOf } from '../segment/columns-of.ts';

/** Documents by a number made of each value of a numeric field. */
export abstract class NumberBuckets<P extends AggregationPartial> extends Buckets<P> {
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
    this.column = numberColumnOf(segment, this.field);
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
