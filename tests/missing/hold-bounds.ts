/** What answers say of the shards that did not answer, beside the whole answer. */
import assert from 'node:assert/strict';
import { isObject } from '../../shared/json/read-object.ts';

interface Ends {
  readonly min: number | null;
  readonly max: number | null;
}

const members = new Set(['bounds', 'bounds_reason', 'estimate', 'estimate_reason']);

/** The same without what is only said where shards did not answer. */
export function withoutBounds(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withoutBounds);
  if (!isObject(answer)) return answer;
  const kept = Object.entries(answer).filter(([name]) => !members.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutBounds(value)]));
}

/**
 * Every bound that results say holds the number of the whole.
 * @param whole the same results where all shards answered; it may have more buckets
 * @returns how many there were
 */
export function holdBounds(results: unknown, whole: unknown, at = ''): number {
  if (!isObject(results) || !isObject(whole)) return 0;
  let held = 'bounds' in results ? holdOwn(results, whole, at) : 0;
  for (const [name, value] of Object.entries(results)) {
    if (members.has(name)) continue;
    held += Array.isArray(value)
      ? holdBuckets(value, whole[name], `${at}/${name}`)
      : holdBounds(value, whole[name], `${at}/${name}`);
  }
  return held;
}

function holdBuckets(buckets: readonly unknown[], whole: unknown, at: string): number {
  const known = new Map((whole as Record<string, unknown>[]).map((bucket) => [bucket['key'], bucket]));
  return buckets.reduce<number>((held, bucket) => {
    const { key } = bucket as { readonly key: unknown };
    return held + holdBounds(bucket, known.get(key) ?? { doc_count: 0 }, `${at}/${String(key)}`);
  }, 0);
}

function holdOwn(
  { bounds }: Readonly<Record<string, unknown>>,
  whole: Readonly<Record<string, unknown>>,
  at: string,
): number {
  if (!isObject(bounds)) return 0;
  const own = 'min' in bounds && !isObject(bounds['min']) ? { [at]: bounds } : bounds;
  for (const [name, ends] of Object.entries(own)) {
    const truth = Number(name === at ? (whole['doc_count'] ?? whole['value']) : whole[name]);
    const { min, max } = ends as Ends;
    assert.ok((min ?? -Infinity) <= truth && truth <= (max ?? Infinity), `${at} ${name}: ${truth} in ${min} to ${max}`);
  }
  return Object.keys(own).length;
}
