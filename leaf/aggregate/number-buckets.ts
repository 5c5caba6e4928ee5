import type { AggregationPartial } from '../../shared/aggregation/definition.ts';
import type { Segment } from '../segment/open.ts';
import { Buckets, type BucketRequest, type Sending } from './buckets.ts';
import type { CollectingTask } from './collecting-task.ts';
import { NumberValues } from './column-values.ts';
import { batchMax } from './document-batch.ts';
import type { Steps } from '../schedule/steps.ts';

export interface NumberBucketsOptions<P extends AggregationPartial> {
  readonly sent: Sending<P>;
  /** Buckets that one parent's may have; any number of them where it is left out. */
  readonly sizeMax?: number;
  /** All values of the field, and that of documents without one, where it is left out. */
  readonly values?: NumberValues;
}

/** Documents by a number made of each value of a numeric field. */
export abstract class NumberBuckets<P extends AggregationPartial> extends Buckets<P> {
  protected readonly values: NumberValues;
  /** Of the values of a piece. */
  protected readonly keys = new Float64Array(batchMax);

  /** @param values of the field */
  constructor(
    request: BucketRequest,
    task: CollectingTask,
    { sent, sizeMax = Infinity, values = valuesOf(request) }: NumberBucketsOptions<P>,
  ) {
    super(request, task, sent, sizeMax);
    this.values = values;
  }

  collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values, keys, table, found } = this;
    values.begin(parents, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.spend(n);
      this.keysOf(values.values, n, keys);
      table.bucketsOf(values.buckets, keys, n, found);
      this.file(values.docIds, n, values.isOnce);
    }
  }

  protected enter(segment: Segment): void {
    this.values.enterSegment(segment);
  }

  protected keyOf(bucket: number): number {
    return this.table.keyOf(bucket);
  }

  protected get areKeysOrdered(): boolean {
    return true;
  }

  protected *rankKeys(): Steps<void> {
    // Numbers compare as they are.
  }

  protected compareKeysOf(bucketA: number, bucketB: number): number {
    return this.table.keyOf(bucketA) - this.table.keyOf(bucketB);
  }

  /**
   * The keys of the first `count` values. Hot: a loop of its own where a kind can have one.
   * @param keys what they become
   */
  protected keysOf(values: Float64Array, count: number, keys: Float64Array): void {
    for (let i = 0; i < count; i++) keys[i] = this.keyOfValue(values[i]!);
  }

  protected abstract keyOfValue(value: number): number;
}

function valuesOf({ field, missing }: BucketRequest): NumberValues {
  return new NumberValues(field, typeof missing === 'number' ? missing : null);
}
