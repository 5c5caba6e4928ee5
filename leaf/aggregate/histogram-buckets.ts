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
  private readonly kept: KeptKeys | null;
  private readonly keptParents = new Uint32Array(batchMax);
  private readonly keptDocIds = new Uint32Array(batchMax);

  constructor(request: BucketRequest, task: CollectingTask, kept: KeptKeys | null) {
    // All buckets of a histogram are in its answer, so a part with too many is one too many for the whole.
    super(request, task, { sent: sendAll, sizeMax: limits.bucketsMax });
    this.kept = kept;
  }

  override collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    if (this.kept === null) super.collect(parents, docIds, count);
    else this.collectKept(parents, docIds, count, this.kept);
  }

  private collectKept(parents: Uint32Array, docIds: Uint32Array, count: number, { first, last }: KeptKeys): void {
    const { values, keys, table, found, keptParents, keptDocIds } = this;
    values.begin(parents, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.spend(n);
      this.keysOf(values.values, n, keys);
      let kept = 0;
      for (let i = 0; i < n; i++) {
        const key = keys[i]!;
        if (key < first || key > last) continue;
        keys[kept] = key;
        keptParents[kept] = values.buckets[i]!;
        keptDocIds[kept++] = values.docIds[i]!;
      }
      table.bucketsOf(keptParents, keys, kept, found);
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
    collected.budget.sendBuckets(buckets.length);
    return { kind: 'histogram', buckets: yield* partialsOf(collected, buckets, share) };
  },
};
