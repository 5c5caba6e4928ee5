import { isObject, readObject, readOnlyEntry } from '../../shared/json/read-object.ts';
import type { Reader } from '../../shared/json/readers.ts';
import { integerWithin, oneOf, oneOrMany } from '../../shared/json/readers.ts';
import { limits } from '../../shared/limits.ts';
import type { BucketPath } from './bucket-path.ts';
import type { PipelineDefinition } from './definition.ts';
import type { Shown } from './shown.ts';
import { gapPolicyDefault, readGapPolicy, type GapPolicy } from './gap-policy.ts';
import { compareKeys } from '../../shared/aggregation/buckets.ts';
import { sortInSteps } from '../../shared/aggregation/sort-in-steps.ts';
import { keepInSteps, mapInSteps, type Steps } from '../../shared/aggregation/steps.ts';
import { nameOfKeyed } from '../../shared/aggregation/keyed-buckets.ts';

interface SortKey {
  /** The key of the bucket, whatever it is, or a number in it. */
  readonly by: '_key' | BucketPath;
  readonly descending: boolean;
}

/**
 * `{"sort"?: [path, {path: "asc" | "desc"}, {path: {"order"}}], "from"?: 0, "size"?, "gap_policy"?: "skip"}`: buckets in another order, and of
 * these a page. Those that lack one of the numbers come last, those that lack all are left out. Equal ones stay as they were.
 */
export const bucketSort: PipelineDefinition = {
  place: 'inBuckets',
  read: (node, { readPath }) => {
    const properties = readObject(node, ['sort', 'from', 'size', 'gap_policy']);
    const keys = properties.optional('sort', oneOrMany(keyReader(readPath), limits.sortKeysMax), []);
    const from = properties.optional('from', integerWithin(0, limits.bucketsMax), 0);
    const size = properties.optional('size', integerWithin(1, limits.bucketsMax), limits.bucketsMax);
    const policy = properties.optional('gap_policy', readGapPolicy, gapPolicyDefault);
    if (keys.length === 0 && !properties.has('from') && !properties.has('size')) {
      throw node.invalid({ expected: 'at least one of sort, from and size', actual: 'none' });
    }
    return {
      of: 'buckets',
      turn: 'sorts',
      numbers: [],
      *run(buckets, { work }) {
        work.take(buckets.length * (1 + keys.length) * Math.ceil(Math.log2(buckets.length + 1)));
        return (yield* sorted(buckets, keys, policy)).slice(from, from + size);
      },
    };
  },
};

function keyReader(readPath: Reader<BucketPath>): Reader<SortKey> {
  const readBy: Reader<SortKey['by']> = (node) => (node.value === '_key' ? '_key' : readPath(node));
  return (node) => {
    if (!isObject(node.value)) return { by: readBy(node), descending: false };
    const { name, node: order } = readOnlyEntry(node, 'an object with one path and its order');
    const readOrder = oneOf(['asc', 'desc']);
    const direction = isObject(order.value)
      ? readObject(order, ['order']).optional('order', readOrder, 'asc')
      : readOrder(order);
    return { by: readBy(node.child(name, name)), descending: direction === 'desc' };
  };
}

interface Ranked {
  readonly bucket: Shown;
  /** By key of the sort; null where the bucket lacks it. */
  readonly values: readonly (number | string | null)[];
}

function* sorted(buckets: readonly Shown[], keys: readonly SortKey[], policy: GapPolicy): Steps<readonly Shown[]> {
  if (keys.length === 0) return buckets;
  const all = yield* mapInSteps(buckets, (bucket): Ranked => {
    return { bucket, values: keys.map(({ by }) => valueOf(bucket, by, policy)) };
  });
  const ranked = yield* keepInSteps(all, ({ values }) => values.some((value) => value !== null));
  const inOrder = yield* sortInSteps(ranked, (a, b) => compareRanked(a, b, keys));
  return yield* mapInSteps(inOrder, ({ bucket }) => bucket);
}

function valueOf(bucket: Shown, by: SortKey['by'], policy: GapPolicy): number | string | null {
  if (by === '_key') return typeof bucket['key'] === 'number' ? bucket['key'] : keyOf(bucket);
  const value = by.valueIn(bucket, policy);
  return Number.isNaN(value) ? null : value;
}

function keyOf(bucket: Shown): string | null {
  const { key = nameOfKeyed(bucket) } = bucket;
  return typeof key === 'string' ? key : key === undefined ? null : JSON.stringify(key);
}

function compareRanked(a: Ranked, b: Ranked, keys: readonly SortKey[]): number {
  for (const [i, { descending }] of keys.entries()) {
    const [one, other] = [a.values[i]!, b.values[i]!];
    if (one === null || other === null) {
      if (one === other) continue;
      return one === null ? 1 : -1;
    }
    const compared = compareKeys(one, other);
    if (compared !== 0) return descending ? -compared : compared;
  }
  return 0;
}
