import { compareKeys } from '../../shared/aggregation/merge.ts';
import type { TermsPartial } from '../../shared/aggregation/partial.ts';
import type { TermsRequest } from '../../shared/aggregation/request.ts';
import { bucketOrder } from '../../shared/aggregation/result.ts';
import type { CollectorSet } from './collector.ts';

export interface CountedKey {
  readonly key: number | string;
  readonly count: number;
  /** Number of the bucket, for what is nested in it. */
  readonly bucket: number;
}

/** The terms partial of all keys found: the first `shardSize` in the order asked, and an account of the rest. */
export function cutTerms(request: TermsRequest, keys: CountedKey[], nested: CollectorSet): TermsPartial {
  if (keys.length > request.shardSize) keys.sort(bucketOrder(request.order));
  const kept = keys.slice(0, request.shardSize).sort((a, b) => compareKeys(a.key, b.key));
  let cutCountMax = 0;
  let cutCountSum = 0;
  for (let i = request.shardSize; i < keys.length; i++) {
    cutCountMax = Math.max(cutCountMax, keys[i]!.count);
    cutCountSum += keys[i]!.count;
  }
  const buckets = kept.map(({ key, count, bucket }) => ({ key, count, aggregations: nested.partials(bucket) }));
  return { kind: 'terms', buckets, cutCountMax, cutCountSum };
}
