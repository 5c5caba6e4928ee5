/**
 * What leaves send of terms: the first in the order asked, and what they cut away.
 *
 * A count is short of what parts cut away, and never too large. A part that cut a term had at most its `cutCountMax` documents of it;
 * one that kept it counted it whole. So what a term may lack is the sum of `cutCountMax` over the parts that do not have it, and at
 * most that over all parts. Where the order is that of the keys, a part has cut nothing that comes before the first that it cut.
 */
import { isCount, type Fields } from '../protocol/partial-fields.ts';
import { areCounted, mergeBuckets, type BucketPartial, type BucketResult, type FinishMerged } from './buckets.ts';
import type { AggregationRequests, Checking, MergePartials, RoundsEnd, RoundsTold } from './definition.ts';
import type { Steps } from './steps.ts';
import type { Accuracy } from './terms-listing.ts';
import type { TermsOrder } from './terms-order.ts';

type Key = BucketPartial['key'];

interface TermPartial extends BucketPartial {
  /** So many documents may be in the bucket besides, from parts that cut it away; left out where there are none. Leaves send none. */
  readonly lacks?: number;
}

export type TermsPartial = {
  readonly kind: 'terms';
  /** Keys ascending (numbers by value, strings in code point order), so that merging is one pass. */
  readonly buckets: readonly TermPartial[];
  /** No key that was cut away has more documents than this in what was merged so far; 0 if nothing was cut. */
  readonly cutCountMax: number;
  /** Sum of the counts of the buckets cut away. */
  readonly cutCountSum: number;
  /** Where the order is that of the keys, the first in it that was cut away anywhere; left out if nothing was cut. */
  readonly cutFrom?: Key;
};

export interface TermsResult {
  /**
   * No count in `buckets` is short by more than this, and where they are the largest no term that is not known has more documents;
   * null where that is not known: shards did not answer, or a term was cut away that might come first.
   */
  readonly doc_count_error_upper_bound: number | null;
  /** Documents in all buckets that are not listed; null where shards did not answer, or cut away the bucket around. */
  readonly sum_other_doc_count: number | null;
  /** Where the request says one: what was asked, what it came to, and what that took. */
  readonly accuracy?: ToldAccuracy;
  readonly buckets: readonly BucketResult[];
}

/** Why a list is less accurate than was asked. */
export type ShortReason =
  | RoundsEnd
  /** Nothing is known of some shards. */
  | 'shards_missing'
  /** A later round ended without all it asked for: see `failures`. */
  | 'round_failed'
  /** Leaves cut away more than they may be asked for, as by orders in which no term can be left out. */
  | 'cut_away';

export interface ToldAccuracy extends Partial<Omit<RoundsTold, 'ended'>> {
  readonly asked: Accuracy;
  /**
   * `exact`: the list is that of all terms, and its counts are whole. `bounded`: the counts are, and a term may be missing that has
   * at most `doc_count_error_upper_bound` documents. `fast`: counts may lack some. Where shards are missing it is `fast`, unless they have nothing of it.
   */
  readonly reached: Accuracy;
  /** Where that is less than was asked. */
  readonly reason?: ShortReason;
}

/** Whether what a leaf sent is terms with such keys. */
export function* areTerms(
  aggregations: AggregationRequests,
  { buckets, cutCountMax, cutCountSum, cutFrom }: Fields,
  isKey: (key: unknown) => boolean,
  checking: Checking,
): Steps<boolean> {
  if (!isCount(cutCountMax) || !isCount(cutCountSum)) return false;
  if (cutFrom !== undefined && !isKey(cutFrom)) return false;
  // What a bucket lacks is told by merging only.
  const isTerm = (bucket: Fields): boolean => isKey(bucket['key']) && bucket['lacks'] === undefined;
  return yield* areCounted(aggregations, buckets, isTerm, checking);
}

/** Negative where the first key is less. */
export type CompareTerms = (a: Key, b: Key) => number;

/** Says of a key how it compares with another, where the buckets are listed by their keys; null where they are not. */
export function keyOrderOf(order: TermsOrder, compare: CompareTerms): CompareTerms | null {
  const { by, descending } = order[0]!;
  if (by !== 'key') return null;
  return descending ? (a, b) => compare(b, a) : compare;
}

/** Associative and commutative. Cost: that of `mergeBuckets`. */
export function* mergeTerms(
  { order, aggregations }: { readonly order: TermsOrder; readonly aggregations: AggregationRequests },
  parts: readonly TermsPartial[],
  { compare, mergeNested }: { readonly compare: CompareTerms; readonly mergeNested: MergePartials },
): Steps<TermsPartial> {
  const cutCountMax = sumOf(parts, (part) => part.cutCountMax);
  const finish = cutCountMax === 0 || parts.length === 1 ? undefined : lackingOf(parts, cutCountMax);
  const buckets = yield* mergeBuckets(aggregations, parts, mergeNested, finish);
  const byKey = keyOrderOf(order, compare);
  const cut = parts.flatMap(({ cutFrom }) => (cutFrom === undefined ? [] : [cutFrom]));
  return {
    kind: 'terms',
    buckets,
    cutCountMax,
    cutCountSum: sumOf(parts, (part) => part.cutCountSum),
    ...(byKey === null || cut.length === 0 ? {} : { cutFrom: cut.reduce((a, b) => (byKey(b, a) < 0 ? b : a)) }),
  };
}

/** Says what a term may lack: all that parts may have cut away of it, but for those that have it, which lack what they say. */
function lackingOf(parts: readonly TermsPartial[], cutCountMax: number): FinishMerged<TermPartial> {
  return ({ key, count, aggregations }, same, of) => {
    let lacks = cutCountMax;
    for (let i = 0; i < same.length; i++) lacks += (same[i]!.lacks ?? 0) - parts[of[i]!]!.cutCountMax;
    return lacks === 0 ? { key, count, aggregations } : { key, count, aggregations, lacks };
  };
}

function sumOf(parts: readonly TermsPartial[], of: (part: TermsPartial) => number): number {
  return parts.reduce((sum, part) => sum + of(part), 0);
}
