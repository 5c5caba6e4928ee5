/** A bucket for each of several clauses, of the documents that match it, and one for those that match none. */
import { oneOf, readBoolean } from '../json/readers.ts';
import { isObject } from '../json/read-object.ts';
import { listOf, shaped, validateStrings } from '../json/validators.ts';
import { isCount } from '../protocol/partial-fields.ts';
import { validateQuery } from '../protocol/validate-query.ts';
import type { Query } from '../query/query.ts';
import type { AggregationDefinition, AggregationRequests } from './definition.ts';
import { keyedBuckets } from './keyed-buckets.ts';
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
  isPartial: (request, { buckets }, areNested) => {
    if (!Array.isArray(buckets) || buckets.length !== bucketCount(request)) return false;
    return (buckets as unknown[]).every(
      (bucket) =>
        isObject(bucket) && isCount(bucket['count']) && areNested(request.aggregations, bucket['aggregations']),
    );
  },
  merge: (request, parts, mergeNested) => ({
    kind: 'filters',
    buckets: Array.from({ length: bucketCount(request) }, (_, i) =>
      mergeCounted(
        request,
        parts.map(({ buckets }) => buckets[i]!),
        mergeNested,
      ),
    ),
  }),
  finish: (request, { buckets }, finishing) => {
    const { show, keys } = request;
    finishing.budget.take(buckets.length);
    if (show !== 'keyed') {
      const keyOf = (i: number): string | undefined => (show === 'listed' ? keys[i]! : undefined);
      return { buckets: buckets.map((bucket, i) => finishCounted(request, bucket, finishing, { key: keyOf(i) })) };
    }
    return {
      buckets: keyedBuckets(buckets.map((bucket, i) => [keys[i]!, finishCounted(request, bucket, finishing)])),
    };
  },
};

function bucketCount({ filters: all, hasOther }: FiltersRequest): number {
  return all.length + (hasOther ? 1 : 0);
}
