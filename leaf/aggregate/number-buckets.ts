import type { AggregationPartial } from '../../shared/aggregation/definition.ts';
import type { Segment } from '../segment/open.ts';
import { Buckets, type BucketRequest, type Sending } from './buckets.ts';
import type { CollectingTask } from './collecting-task.ts';
import { NumberValues } from './column-values.ts';
import type { Steps } from '../schedule/steps.ts';

/** Documents by a number made of each value of a numeric field. */
export abstract class NumberBuckets<P extends AggregationPartial> extends Buckets<P> {
  protected readonly values: NumberValues;

  constructor(request: BucketRequest, task: CollectingTask, sent: Sending<P>, sizeMax = Infinity) {
    super(request, task, sent, sizeMax);
    this.values = new NumberValues(request.field, request.missing ?? null);
  }

  collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values, table, found } = this;
    values.begin(parents, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.work += n;
      for (let i = 0; i < n; i++) found[i] = table.bucketOf(values.buckets[i]!, this.keyOfValue(values.values[i]!));
      this.file(values.docIds, n, values.isSingle);
    }
  }

  protected enter(segment: Segment): void {
    this.values.enterSegment(segment);
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
