/** From merged terms to those that are listed, and how far off they may be. */
import { bytesOfKey } from './answer-budget.ts';
import { anyThatMatch, type BucketLimits, type BucketResult } from './buckets.ts';
import type { Finishing, RoundsTold } from './definition.ts';
import { isProved, lacksBy, listTerms } from './list-terms.ts';
import { documentsMeant, withUncounted, type Missing } from './missing-shards.ts';
import { sayCount } from './say-bounds.ts';
import { looksPerStep, type Steps } from './steps.ts';
import { accuracies, type Accuracy, type TermsListing } from './terms-listing.ts';
import type { CompareTerms, ShortReason, TermsPartial, TermsResult } from './terms-partial.ts';
import { isBoundedByFirst, isByLargest } from './terms-order.ts';

type Bucket = TermsPartial['buckets'][number];

/** What a list of terms takes without any, and what is said of the error of each. */
export const termsBytes = 128;
const errorBytes = 36;

interface TermKeys {
  readonly compare: CompareTerms;
  /** A key as a caller sees it: `key`, and `key_as_string` where it has one. */
  readonly show: (key: Bucket['key']) => Readonly<Record<string, unknown>>;
  /** See BucketLimits. */
  readonly missingIn?: BucketLimits['missingIn'];
  /** What of the missing shards may be in any bucket, listed or not. */
  readonly missingInAny?: (missing: Missing) => Missing;
}

/** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, SUM_TOO_LARGE */
export function* finishTerms(
  request: TermsListing,
  partial: TermsPartial,
  finishing: Finishing,
  { compare, show, missingIn = anyThatMatch, missingInAny = (missing) => anyThatMatch(null, missing) }: TermKeys,
): Steps<TermsResult> {
  const { isComplete, lacking, missing = null } = finishing;
  const ranked = yield* listTerms(request, partial, finishing, compare);
  const listed = ranked.slice(0, request.size);
  finishing.take(listed.length, request.aggregations);
  const lacksOf = lacksBy(request, partial, compare);
  const isWhole = isComplete && lacking === 0;
  const told = finishing.rounds?.get(partial);
  const shownFrom = Math.max(request.minDocCount, firstCut(request, ranked));
  // What shards or the bucket around may lack can be of one term, and of another that comes after it then.
  const isListOfAll =
    (isWhole || !isByLargest(request.order)) &&
    (yield* isProved(request, partial, listed, { compare, parts: finishing.parts }));
  const bound = withMissing(
    boundOf(request, partial, { isListOfAll, lacking }),
    isComplete ? 0 : missing && missingInAny(missing),
  );
  let isEachExact = true;
  const buckets: BucketResult[] = [];
  for (const bucket of listed) {
    const lacks = lacksOf(bucket);
    const within = missing && missingIn(bucket.key, missing);
    const error = withMissing(lacks + lacking, isComplete ? 0 : within);
    if (error !== 0) isEachExact = false;
    // Without a prototype, because names are callers' words.
    const result: Record<string, unknown> = Object.create(null);
    const shown = show(bucket.key);
    finishing.budget.takeBytes(bytesOfKey(shown) + (request.showsError === true ? errorBytes : 0));
    Object.assign(result, shown, { doc_count: bucket.count });
    if (request.showsError === true) result['doc_count_error_upper_bound'] = error;
    if (within !== null) {
      Object.assign(result, sayCount({ found: bucket.count, uncounted: lacks, shownFrom }, within));
    }
    const inBucket = { lacks, missing: within && withUncounted(within, lacks) };
    buckets.push(Object.assign(result, yield* finishing.nested(request.aggregations, bucket.aggregations, inBucket)));
  }
  const reached = bound === 0 ? 'exact' : isEachExact ? 'bounded' : 'fast';
  return {
    doc_count_error_upper_bound: bound,
    sum_other_doc_count: isWhole
      ? (yield* countOf(partial.buckets)) - (yield* countOf(listed)) + partial.cutCountSum
      : null,
    ...tellAccuracy(request, { reached, isComplete }, told),
    buckets,
  };
}

function whyShort({ failures }: RoundsTold, ended: RoundsTold['ended'], isComplete: boolean): ShortReason {
  if (!isComplete) return 'shards_missing';
  return failures === undefined ? (ended ?? 'cut_away') : 'round_failed';
}

function tellAccuracy(
  { accuracy: asked }: TermsListing,
  { reached, isComplete }: { readonly reached: Accuracy; readonly isComplete: boolean },
  told: RoundsTold | undefined,
): Pick<TermsResult, 'accuracy'> {
  if (asked === undefined) return {};
  if (told === undefined) return { accuracy: { asked, reached } };
  const { ended, ...cost } = told;
  const isShort = accuracies.indexOf(reached) < accuracies.indexOf(asked);
  const reason = whyShort(told, ended, isComplete);
  return { accuracy: { asked, reached, ...(isShort ? { reason } : {}), ...cost } };
}

/** The error where shards are missing that may have so many more documents; null where nothing bounds it. */
function withMissing(error: number | null, more: Missing | 0 | null): number | null {
  if (error === null || more === null) return null;
  const most = more === 0 ? 0 : documentsMeant(more).most;
  return Number.isFinite(most) ? error + most : null;
}

/** Documents of the first bucket that is not listed, where the largest are. */
function firstCut({ order, size }: TermsListing, ranked: readonly Bucket[]): number {
  return isByLargest(order) ? (ranked[size]?.count ?? 0) : 0;
}

function boundOf(
  { order }: TermsListing,
  { cutCountMax }: TermsPartial,
  { isListOfAll, lacking }: { readonly isListOfAll: boolean; readonly lacking: number },
): number | null {
  if (isListOfAll) return lacking;
  return isBoundedByFirst(order) ? cutCountMax + lacking : null;
}

function* countOf(buckets: readonly Bucket[]): Steps<number> {
  let sum = 0;
  for (const [i, bucket] of buckets.entries()) {
    sum += bucket.count;
    if ((i + 1) % looksPerStep === 0) yield;
  }
  return sum;
}
