/** What kinds with one bucket have in common: its partial, how those merge, and how it is shown. */
import { anyThatMatch, areCounted } from './buckets.ts';
import type { Missing } from './missing-shards.ts';
import { sayCount } from './say-bounds.ts';
import type { Fields } from '../protocol/partial-fields.ts';
import type { AggregationPartials, AggregationRequests, Checking, Finishing, MergePartials } from './definition.ts';
import type { Steps } from './steps.ts';

/** Documents that are aggregated together. */
export type Counted = {
  /** Each once, however many of its values are asked for. */
  readonly count: number;
  readonly aggregations: AggregationPartials;
};

export type SingleBucketPartial = Counted & { readonly kind: 'single' };

/** `doc_count`, and the results of what is nested by name. */
export type SingleBucketResult = Readonly<Record<string, unknown>>;

interface Nesting {
  readonly aggregations: AggregationRequests;
}

export const singleBucket = {
  nests: true,
  partialKind: 'single',
  resultBytes: () => 0,
  isPartial: ({ aggregations }: Nesting, partial: Fields, checking: Checking): Steps<boolean> =>
    areCounted(aggregations, [partial], () => true, checking),
  *merge(
    request: Nesting,
    parts: readonly SingleBucketPartial[],
    mergeNested: MergePartials,
  ): Steps<SingleBucketPartial> {
    return { kind: 'single', ...(yield* mergeCounted(request, parts, mergeNested)) };
  },
  *finish(request: Nesting, partial: SingleBucketPartial, finishing: Finishing): Steps<SingleBucketResult> {
    finishing.take(1, request.aggregations);
    return yield* finishCounted(request, partial, finishing);
  },
} as const;

/** Of no parts that of no documents. */
export function* mergeCounted(
  { aggregations }: Nesting,
  parts: readonly Counted[],
  mergeNested: MergePartials,
): Steps<Counted> {
  return {
    count: parts.reduce((sum, part) => sum + part.count, 0),
    aggregations: yield* mergeNested(
      aggregations,
      parts.map((part) => part.aggregations),
    ),
  };
}

interface CountedOptions {
  /** Shown before the count, where there is one. */
  readonly key?: string | undefined;
  /** What of the missing shards may be in it; any of their documents that match, where left out. */
  readonly missingIn?: (missing: Missing) => Missing;
}

/** What is shown is to be counted before. */
export function* finishCounted(
  { aggregations }: Nesting,
  partial: Counted,
  finishing: Finishing,
  { key, missingIn = (missing) => anyThatMatch(null, missing) }: CountedOptions = {},
): Steps<SingleBucketResult> {
  // Without a prototype, because names are callers' words.
  const result: Record<string, unknown> = Object.create(null);
  if (key !== undefined) result['key'] = key;
  result['doc_count'] = partial.count;
  const { missing = null } = finishing;
  const within = missing && missingIn(missing);
  if (within !== null) Object.assign(result, sayCount({ found: partial.count }, within));
  return Object.assign(result, yield* finishing.nested(aggregations, partial.aggregations, { missing: within }));
}
