/** A bucket for each distinct value of a field. */
import { integerWithin, oneOf, readString } from '../json/readers.ts';
import { shaped } from '../json/validators.ts';
import { isCount } from '../protocol/partial-fields.ts';
import {
  areBuckets,
  compareKeys,
  finishBuckets,
  mergeBuckets,
  type BucketPartial,
  type BucketResult,
} from './buckets.ts';
import { boundsOfField, type ColumnBounds } from '../protocol/columns-report.ts';
import type { AggregationDefinition, AggregationRequests, Finishing } from './definition.ts';
import { documentsMeant, havingField, narrowed, type Missing } from './missing.ts';
import { shownNames, type ShownName } from '../schema/kinds/field-kinds.ts';
import { validateValueKind, type ValueKind } from './value-kind.ts';

export type TermsRequest = {
  readonly kind: 'terms';
  readonly field: string;
  readonly values: ValueKind;
  readonly show: ShownName;
  /** Buckets in the result. */
  readonly size: number;
  /** Buckets one leaf sends at most; those it cuts are accounted for in the error bound. At least `size`. */
  readonly shardSize: number;
  readonly order: 'count' | 'keyAscending' | 'keyDescending';
  /** Buckets with fewer documents are left out of the result; at least 1. */
  readonly minDocCount: number;
  readonly aggregations: AggregationRequests;
};

export type TermsPartial = {
  readonly kind: 'terms';
  /** Keys ascending (numbers by value, strings in code point order), so that merging is one pass. */
  readonly buckets: readonly BucketPartial[];
  /** No key that was cut away has more documents than this in what was merged so far; 0 if nothing was cut. */
  readonly cutCountMax: number;
  /** Sum of the counts of the buckets cut away. */
  readonly cutCountSum: number;
};

interface TermsResult {
  /**
   * No count in `buckets` is short by more than this, and no term left out has more documents; where shards did not answer, those
   * that they may have are in it, and it is null where that is not known.
   */
  readonly doc_count_error_upper_bound: number | null;
  /** Documents in all buckets that are not listed; null where shards did not answer. */
  readonly sum_other_doc_count: number | null;
  readonly buckets: readonly BucketResult[];
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly terms: { readonly request: TermsRequest; readonly partial: TermsPartial; readonly result: TermsResult };
  }
}

const fromOne = integerWithin(1, Number.MAX_SAFE_INTEGER);

export const terms: AggregationDefinition<'terms'> = {
  nests: true,
  partialKind: 'terms',
  validate: shaped({
    field: readString,
    values: validateValueKind,
    show: oneOf(shownNames),
    size: fromOne,
    shardSize: fromOne,
    order: oneOf(['count', 'keyAscending', 'keyDescending']),
    minDocCount: integerWithin(0, Number.MAX_SAFE_INTEGER),
  }),
  isPartial: ({ values, aggregations }, { buckets, cutCountMax, cutCountSum }, areNested) => {
    if (!isCount(cutCountMax) || !isCount(cutCountSum)) return false;
    return areBuckets(
      buckets,
      (key) => typeof key === values,
      (nested) => areNested(aggregations, nested),
    );
  },
  // A key that a part cut away had at most the part's `cutCountMax` documents there, so the sum of those bounds what any
  // key lacks in the merged counts.
  merge: (request, parts, mergeNested) => ({
    kind: 'terms',
    buckets: mergeBuckets(request.aggregations, parts, mergeNested),
    cutCountMax: parts.reduce((sum, part) => sum + part.cutCountMax, 0),
    cutCountSum: parts.reduce((sum, part) => sum + part.cutCountSum, 0),
  }),
  finish: (request, partial, finishing) => {
    const total = partial.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
    const ranked = partial.buckets
      .filter((bucket) => bucket.count >= request.minDocCount)
      .sort(bucketOrder(request.order));
    const listed = ranked.slice(0, request.size);
    const firstCut = request.order === 'count' ? (ranked[request.size]?.count ?? 0) : 0;
    const listedTotal = listed.reduce((sum, bucket) => sum + bucket.count, 0);
    return {
      doc_count_error_upper_bound: errorBound(request, partial, finishing),
      sum_other_doc_count: finishing.isComplete ? total - listedTotal + partial.cutCountSum : null,
      buckets: finishBuckets(request, listed, finishing, {
        missingIn: missingInTerms(request, listed),
        uncounted: partial.cutCountMax,
        shownFrom: Math.max(request.minDocCount, firstCut),
      }),
    };
  },
};

/** Null where nothing bounds what shards that did not answer would add. */
function errorBound({ field }: TermsRequest, { cutCountMax }: TermsPartial, finishing: Finishing): number | null {
  const { isComplete, missing = null } = finishing;
  if (isComplete) return cutCountMax;
  const bound = missing === null ? Infinity : cutCountMax + documentsMeant(havingField(missing, field)).most;
  return Number.isFinite(bound) ? bound : null;
}

/** A number that is beyond those of a shard is in none of its documents. */
function missingInTerms(
  { field, values }: TermsRequest,
  listed: readonly BucketPartial[],
): (place: number, missing: Missing) => Missing {
  return (place, missing) => {
    if (values === 'string') return havingField(missing, field);
    const value = Number(listed[place]!.key);
    return narrowed(missing, ({ columns }) => mayHold(boundsOfField(columns, field), value));
  };
}

function mayHold({ most, low, high }: ColumnBounds, value: number): boolean {
  return most > 0 && value >= low && value <= high;
}

/** The order in which buckets of a terms aggregation are listed, and kept where there are too many. */
function bucketOrder(
  order: TermsRequest['order'],
): (a: Pick<BucketPartial, 'key' | 'count'>, b: Pick<BucketPartial, 'key' | 'count'>) => number {
  switch (order) {
    case 'count':
      return (a, b) => b.count - a.count || compareKeys(a.key, b.key);
    case 'keyAscending':
      return (a, b) => compareKeys(a.key, b.key);
    case 'keyDescending':
      return (a, b) => compareKeys(b.key, a.key);
  }
}
