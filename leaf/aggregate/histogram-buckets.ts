import type { HistogramPartial } from '../../shared/aggregation/histogram-options.ts';
import { limits } from '../../shared/limits.ts';
import type { Steps } from '../schedule/steps.ts';
import type { BucketRequest, Sending } from './buckets.ts';
import type { CollectingTask } from './collecting-task.ts';
import { batchMax } from './document-batch.ts';
import { NumberBuckets } from './number-buckets.ts';
import { bucketsToSend, partialsOf, type Collected } from './send-buckets.ts';

/** The keys of the first and the last bucket that are kept. */
export interface KeptKeys {
  readonly first: number;
  readonly last: number;
}

/** Documents by the interval that a value falls in, all of which are sent. */
export abstract class HistogramBuckets extends NumberBuckets<HistogramPartial> {
  /** Null where all are kept. */
  private readonly keys: KeptKeys | null;
  private readonly keptDocIds = new Uint32Array(batchMax);

  constructor(request: BucketRequest, task: CollectingTask, keys: KeptKeys | null) {
    // All buckets of a histogram are in its answer, so a part with too many is one too many for the whole.
    super(request, task, sendAll, limits.bucketsMax);
    this.keys = keys;
  }

  override collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    if (this.keys === null) super.collect(parents, docIds, count);
    else this.collectKept(parents, docIds, count, this.keys);
  }

  private collectKept(parents: Uint32Array, docIds: Uint32Array, count: number, { first, last }: KeptKeys): void {
    const { values, table, found, keptDocIds } = this;
    values.begin(parents, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.work += n;
      let kept = 0;
      for (let i = 0; i < n; i++) {
        const key = this.keyOfValue(values.values[i]!);
        if (key < first || key > last) continue;
        found[kept] = table.bucketOf(values.buckets[i]!, key);
        keptDocIds[kept++] = values.docIds[i]!;
      }
      this.file(keptDocIds, kept, values.isSingle);
    }
  }
}

/** Every bucket is in the answer. */
export const sendAll: Sending<HistogramPartial> = {
  needed: (count) => count,
  wanted: (count) => count,
  *send(collected: Collected, parent: number, _nestedNeeded: number, share: number): Steps<HistogramPartial> {
    const buckets = yield* bucketsToSend(collected, parent);
    collected.budget.send(buckets.length);
    return { kind: 'histogram', buckets: yield* partialsOf(collected, buckets, share) };
  },
};
