/** A bucket for each of several clauses, of the documents that match it, and one for those that match none. */
import { oneOf, readBoolean } from '../json/readers.ts';
import { listOf, shaped, validateStrings } from '../json/validators.ts';
import { validateQuery } from '../protocol/validate-query.ts';
import type { Query } from '../query/query.ts';
import type { AggregationDefinition, AggregationRequests } from './definition.ts';
import { bytesOfKey, listBytes } from './answer-budget.ts';
import { areCounted } from './buckets.ts';
import { keyedBuckets, nameBuckets } from './keyed-buckets.ts';
import { finishCounted, mergeCounted, type Counted, type SingleBucketResult } from './single-bucket.ts';

export type FiltersRequest = {
  readonly kind: 'filters';
  /** In the order of their buckets. */
  readonly filters: readonly Query[];
  /** Whether there is a bucket after theirs, of the documents that match none. */
  readonly hasOther: boolean;
  /** Whether buckets are shown by their keys, in a list with them, or in a list without. */
  readonly show: 'keyed' | 'listed' | 'anonymous';
  /** Of all buckets; none where they have no names. */
  readonly keys: readonly string[];
  readonly aggregations: AggregationRequests;
};

export type FiltersPartial = {
  readonly kind: 'filters';
  /** One for each filter, and one more where there is one for the others. */
  readonly buckets: readonly Counted[];
};

interface FiltersResult {
  readonly buckets: Readonly<Record<string, SingleBucketResult>> | readonly SingleBucketResult[];
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly filters: {
      readonly request: FiltersRequest;
      readonly partial: FiltersPartial;
      readonly result: FiltersResult;
    };
  }
}

export const filters: AggregationDefinition<'filters'> = {
  nests: true,
  partialKind: 'filters',
  validate: shaped({
    filters: listOf(validateQuery),
    hasOther: readBoolean,
    show: oneOf(['keyed', 'listed', 'anonymous']),
    keys: validateStrings,
  }),
  resultBytes: () => listBytes,
  *isPartial(request, { buckets }, checking) {
    if (!Array.isArray(buckets) || buckets.length !== bucketCount(request)) return false;
    return yield* areCounted(request.aggregations, buckets, () => true, checking);
  },
  *merge(request, parts, mergeNested) {
    const buckets: Counted[] = [];
    for (let i = 0; i < bucketCount(request); i++) {
      const same = parts.map((part) => part.buckets[i]!);
      buckets.push(yield* mergeCounted(request, same, mergeNested));
    }
    return { kind: 'filters', buckets };
  },
  *finish(request, { buckets }, finishing) {
    const { show, keys } = request;
    finishing.take(buckets.length, request.aggregations);
    for (const key of keys) finishing.budget.takeBytes(bytesOfKey(key));
    const shown: SingleBucketResult[] = [];
    for (const [i, bucket] of buckets.entries()) {
      const key = show === 'listed' ? keys[i]! : undefined;
      shown.push(yield* finishCounted(request, bucket, finishing, { key }));
    }
    if (show === 'anonymous') nameBuckets(shown, bucketNames(request));
    const named = new Map(shown.map((bucket, i) => [keys[i]!, bucket]));
    return { buckets: show === 'keyed' ? yield* keyedBuckets(named) : shown };
  },
};

const anonymousOther = '_other_';

/** What buckets are called, also where they are shown without names: by their place then, as in Elasticsearch. */
export function bucketNames({ filters: all, hasOther, show, keys }: FiltersRequest): readonly string[] {
  if (show !== 'anonymous') return keys;
  const places = all.map((_, i) => String(i));
  return hasOther ? [...places, anonymousOther] : places;
}

function bucketCount({ filters: all, hasOther }: FiltersRequest): number {
  return all.length + (hasOther ? 1 : 0);
}
