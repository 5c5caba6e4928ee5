/** From the buckets collected to those sent: cut where there are too many, sorted by key, the nested ones with them. */
import type { AggregationPartial, BucketPartial } from '../../shared/aggregation/partial.ts';
import type { HistogramRequest, TermsRequest } from '../../shared/aggregation/request.ts';
import type { BucketTable } from './bucket-table.ts';
import type { CollectorSet } from './collector.ts';
import type { Steps } from '../schedule/steps.ts';
import { sortInSteps } from './sort-in-steps.ts';
import type { TaskBudget } from './task-budget.ts';

/** What a bucket collector has collected. */
export interface Collected {
  readonly request: TermsRequest | HistogramRequest;
  readonly table: BucketTable;
  readonly nested: CollectorSet;
  readonly budget: TaskBudget;
  /** The key that is sent. */
  readonly keyOf: (bucket: number) => number | string;
  /** Gets ready to compare keys. To be called once all is collected. */
  readonly rankKeys: () => Steps<void>;
  /** Order of the keys of two buckets, as `compareKeys` has it. */
  readonly compareKeysOf: (bucketA: number, bucketB: number) => number;
}

const bucketsPerStep = 256;

/** Buckets of one parent that are sent with nothing to hold them back. */
export function wantedCount({ request, table }: Collected, parent: number): number {
  const count = table.sizeOf(parent);
  return request.kind === 'terms' ? Math.min(count, request.shardSize) : count;
}

/** The same, on average. */
export function meanWantedCount({ request, table }: Collected): number {
  return request.kind === 'terms' ? Math.min(table.meanSize, request.shardSize) : table.meanSize;
}

/** Buckets of one parent that have to be sent, on average: of terms as many as the answer lists. */
export function meanNeededCount({ request, table }: Collected): number {
  return request.kind === 'terms' ? Math.min(table.meanSize, request.size) : table.meanSize;
}

/**
 * The partial of one parent's bucket. All of a histogram is sent. Of terms those are that come first in the order
 * asked: as many as fit the share and `shardSize`, and as many as the answer lists in any case.
 *
 * @param nestedNeeded buckets that each bucket brings with it at least, on average
 */
export function* sendBuckets(
  collected: Collected,
  parent: number,
  nestedNeeded: number,
  share: number,
): Steps<AggregationPartial> {
  const { request, table, budget } = collected;
  const all = table.bucketsOf(parent);
  if (all.length > 1) yield* collected.rankKeys();
  if (request.kind === 'histogram') {
    budget.send(all.length);
    return { kind: 'histogram', buckets: yield* finish(collected, all, share) };
  }
  const fitting = Math.floor(share / (1 + nestedNeeded));
  const count = Math.min(all.length, request.shardSize, Math.max(request.size, fitting));
  budget.send(count);
  let cutCountMax = 0;
  let cutCountSum = 0;
  if (count < all.length) {
    yield* sortInSteps(all, orderOf(collected, request.order));
    for (let i = count; i < all.length; i++) {
      cutCountMax = Math.max(cutCountMax, table.countOf(all[i]!));
      cutCountSum += table.countOf(all[i]!);
    }
  }
  const buckets = yield* finish(collected, all.subarray(0, count), share);
  return { kind: 'terms', buckets, cutCountMax, cutCountSum };
}

/** The order in which buckets are listed, and kept where there are too many, as `bucketOrder` has it. */
function orderOf({ table, compareKeysOf }: Collected, order: TermsRequest['order']): (a: number, b: number) => number {
  switch (order) {
    case 'count':
      return (a, b) => table.countOf(b) - table.countOf(a) || compareKeysOf(a, b);
    case 'keyAscending':
      return compareKeysOf;
    case 'keyDescending':
      return (a, b) => compareKeysOf(b, a);
  }
}

/** The buckets by ascending key, with what is nested in them. */
function* finish(collected: Collected, buckets: Uint32Array, share: number): Steps<BucketPartial[]> {
  const { table, nested, keyOf } = collected;
  yield* sortInSteps(buckets, collected.compareKeysOf);
  const shareOfEach = Math.max(0, share - buckets.length) / Math.max(1, buckets.length);
  const partials: BucketPartial[] = [];
  for (let i = 0; i < buckets.length; i++) {
    const bucket = buckets[i]!;
    const aggregations = yield* nested.partials(bucket, shareOfEach);
    partials.push({ key: keyOf(bucket), count: table.countOf(bucket), aggregations });
    if ((i + 1) % bucketsPerStep === 0) yield bucketsPerStep;
  }
  return partials;
}
