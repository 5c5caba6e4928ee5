/** The buckets of a result, however they are shown. */
import { inTheirOrder, keyedBuckets, nameOfKeyed } from '../../shared/aggregation/keyed-buckets.ts';
import { bucketsPerStep, type Steps } from '../../shared/aggregation/steps.ts';
import { isObject } from '../../shared/json/read-object.ts';
import type { Running, Shown } from './shown.ts';

/** Those of its list, or of its object by keys; of a result with one bucket itself. */
export function bucketsOf(result: Shown): readonly Shown[] {
  const { buckets } = result;
  if (Array.isArray(buckets)) return buckets as Shown[];
  return isObject(buckets) ? (inTheirOrder(buckets) as readonly Shown[]) : [result];
}

/** Leaves these of its buckets in a result, in this order. */
export function* keepBuckets(result: Shown, kept: readonly Shown[]): Steps<void> {
  const { buckets } = result;
  if (Array.isArray(buckets)) result['buckets'] = [...kept];
  else if (isObject(buckets)) result['buckets'] = yield* byTheirKeys(buckets, kept);
}

function* byTheirKeys(buckets: Readonly<Record<string, unknown>>, kept: readonly Shown[]): Steps<unknown> {
  const keys = new Map<unknown, string>();
  for (const key in buckets) {
    keys.set(buckets[key], key);
    if (keys.size % bucketsPerStep === 0) yield;
  }
  const named = new Map<string, Shown>();
  for (const bucket of kept) {
    named.set(keys.get(bucket)!, bucket);
    if (named.size % bucketsPerStep === 0) yield;
  }
  return yield* keyedBuckets(named);
}

export function documentsIn(bucket: Shown): number {
  return Number(bucket['doc_count']);
}

/** How a bucket is named beside others: the second form of its key where there is one. */
export function keyText(bucket: Shown): string {
  const { key = nameOfKeyed(bucket), key_as_string: asString } = bucket;
  return typeof asString === 'string' ? asString : typeof key === 'string' ? key : JSON.stringify(key);
}

/**
 * The result of a pipeline that is one number, null where there is none. Where shards are missing nothing bounds it, which it
 * says.
 */
export function shownValue(value: number, running: Running): Shown {
  return { value: orNull(value), ...boundsOf(running) };
}

export function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function boundsOf({ isComplete }: Running): { readonly bounds?: null } {
  return isComplete ? {} : { bounds: null };
}
