/**
 * What is asked about terms after the first round, and what its answers say.
 *
 * A count that is listed lacks documents of parts that cut the term away. `bounded` asks these parts for just these terms. `exact` has to
 * prove besides that no other term belongs in the list. Where the largest are listed that takes two rounds more at most, the second and third of
 * TPUT (Cao and Wang, "Efficient top-k query processing in distributed networks", PODC 2004):
 *
 * - No term that is not known has more documents than all parts' `cutCountMax` together. Where that is as much as the last count of the list, parts
 *   are asked for their terms with at least so many documents that what they go on cutting away is less together.
 * - Then parts are asked for the counts of those known terms that they cut and that might belong in the list.
 *
 * TPUT asks every part for the same share of the last count; here parts that have cut away less leave more to the others. By other orders
 * there is no such threshold: parts are asked for all that they have, as far as an answer may have so many.
 */
import { limits } from '../limits.ts';
import type { AggregationPartials, Asking, Finishing } from './definition.ts';
import { keepInSteps, looksPerStep, mapInSteps, Pace, type Steps } from './steps.ts';
import { isBeforeCut, isProved, lacksBy, listTerms, rivalsFrom } from './list-terms.ts';
import type { TermsListing, WantedTerms } from './terms-listing.ts';
import { byCount, isByLargest } from './terms-order.ts';
import { mergeTerms, type CompareTerms, type TermsPartial } from './terms-partial.ts';

type Bucket = TermsPartial['buckets'][number];
type Key = Bucket['key'];

/** What a part is asked. */
type Ask<R> = R | null;

/** How a kind asks for terms by name. */
export interface TermsAsks<R extends TermsListing> {
  readonly compare: CompareTerms;
  /** The same request of these keys only. */
  readonly ofKeys: (request: R, keys: readonly Key[]) => R;
  /** The keys that such a request is of. */
  readonly keysIn: (asked: R) => readonly Key[];
}

interface AnsweredTerms<R> {
  readonly asked: R;
  readonly answer: TermsPartial;
  readonly empty: Finishing['empty'];
}

/** For a list that says nothing of its accuracy. */
const accuracyDefault = 'fast';

export function mayFollow({ accuracy = accuracyDefault }: TermsListing): boolean {
  return accuracy !== 'fast';
}

/** See AggregationRounds. Cost where anything was cut: a look at each bucket of all parts. */
export function* nextTerms<R extends TermsListing>(
  request: R,
  parts: readonly TermsPartial[],
  { finishing, mergeNested, roundsLeft, onEnd }: Asking,
  asks: TermsAsks<R>,
): Steps<Ask<R>[]> {
  const nothing = parts.map(() => null);
  if (parts.every(({ cutCountSum }) => cutCountSum === 0)) return nothing;
  const { compare } = asks;
  const merging = { compare, mergeNested };
  const hasMetric = request.order.some(({ by }) => by === 'metric');
  const merged = yield* hasMetric ? mergeTerms(request, parts, merging) : countTerms(request, parts, merging);
  const listed = (yield* listTerms(request, merged, finishing, compare)).slice(0, request.size);
  const lacksOf = lacksBy(request, merged, compare);
  const lacking = yield* keepInSteps(listed, (bucket) => lacksOf(bucket) > 0);
  const askListed = function* ask(): Steps<Ask<R>[]> {
    const asked = yield* askKeys(request, parts, lacking, asks);
    if (asked === null) onEnd('keys_too_long');
    return asked ?? nothing;
  };
  if (request.accuracy !== 'exact') return yield* askListed();
  if (yield* isProved(request, merged, listed, { compare, parts: parts.length })) return nothing;
  const from = isByLargest(request.order) ? rivalsFrom(request, listed) : 1;
  if (merged.cutCountMax >= from) {
    if (roundsLeft > 1) return askCounts(request, parts, from);
    onEnd('rounds_over');
    return yield* askListed();
  }
  const rivals = yield* keepInSteps(merged.buckets, ({ count, lacks = 0 }) => lacks > 0 && count + lacks >= from);
  const isTooMany = rivals.length > limits.bucketsMax;
  const asked = isTooMany ? null : yield* askKeys(request, parts, rivals, asks);
  if (asked !== null) return asked;
  onEnd(isTooMany ? 'too_many_terms' : 'keys_too_long');
  return yield* askListed();
}

interface CountedTerm extends Bucket {
  count: number;
  lacks: number;
}

/** Merged but for what is in the buckets, which are in no order. */
function* countTerms(
  { order }: TermsListing,
  parts: readonly TermsPartial[],
  merging: Parameters<typeof mergeTerms>[2],
): Steps<TermsPartial> {
  const whole = yield* mergeTerms(
    { order, aggregations: {} },
    parts.map((part) => ({ ...part, buckets: [] })),
    merging,
  );
  const pace = new Pace();
  const byKey = new Map<Key, CountedTerm>();
  const counted: CountedTerm[] = [];
  for (const { buckets, cutCountMax } of parts) {
    for (const { key, count, aggregations, lacks = 0 } of buckets) {
      let bucket = byKey.get(key);
      if (bucket === undefined) {
        byKey.set(key, (bucket = { key, count: 0, lacks: whole.cutCountMax, aggregations }));
        counted.push(bucket);
      }
      bucket.count += count;
      bucket.lacks += lacks - cutCountMax;
      if (pace.isDue()) yield;
    }
  }
  return { ...whole, buckets: counted };
}

/** Asks parts for those of some terms that they have cut away. Null where the keys are more than one of them is asked for. */
function* askKeys<R extends TermsListing>(
  request: R,
  parts: readonly TermsPartial[],
  terms: readonly Bucket[],
  { compare, ofKeys }: TermsAsks<R>,
): Steps<Ask<R>[] | null> {
  const asks: Ask<R>[] = [];
  for (const part of parts) {
    asks.push(null);
    if (part.cutCountSum === 0 || terms.length === 0) continue;
    const known = yield* keysOf(part.buckets);
    const isBefore = isBeforeCut(request.order, part.cutFrom, compare);
    const unknown = yield* keepInSteps(terms, ({ key }) => !known.has(key) && !isBefore(key));
    if (unknown.length === 0) continue;
    let keyBytes = 0;
    const keys = yield* mapInSteps(unknown, ({ key }) => {
      keyBytes += typeof key === 'string' ? Buffer.byteLength(key) : 8;
      return key;
    });
    if (keyBytes > limits.roundKeysBytesMax) return null;
    asks[asks.length - 1] = ofKeys({ ...request, order: byCount, size: keys.length, shardSize: keys.length }, keys);
  }
  return asks;
}

function* keysOf(buckets: readonly Bucket[]): Steps<Set<Key>> {
  const keys = new Set<Key>();
  for (const { key } of buckets) {
    keys.add(key);
    if (keys.size % looksPerStep === 0) yield;
  }
  return keys;
}

/** Asks parts for so many of the terms they cut away that what they still cut is less than `from` documents together. */
function askCounts<R extends TermsListing>(request: R, parts: readonly TermsPartial[], from: number): Ask<R>[] {
  const cut = parts.map(({ cutCountMax }) => cutCountMax);
  const least = leastSent(cut, from);
  return cut.map((upTo) => {
    if (upTo < least) return null;
    const wanted: WantedTerms = { kind: 'counts', from: least, upTo };
    return { ...request, order: byCount, size: 1, shardSize: limits.bucketsMax, wanted };
  });
}

/**
 * The largest count from which on parts have to send their terms, so that a term of which none sends anything has less than `from`
 * documents in all.
 * @param cut by part: no term it has cut has more documents
 * @param from at least 1
 */
export function leastSent(cut: readonly number[], from: number): number {
  const leftWith = (least: number): number => cut.reduce((sum, most) => sum + Math.min(most, least - 1), 0);
  let [low, high] = [1, from];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (leftWith(middle) < from) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** See AggregationRounds. */
export function* amendTerms<R extends TermsListing>(
  { aggregations }: Pick<R, 'aggregations'>,
  part: TermsPartial,
  { asked, answer, empty }: AnsweredTerms<R>,
  { keysIn }: Pick<TermsAsks<R>, 'keysIn'>,
): Steps<TermsPartial> {
  const known = yield* keysOf(part.buckets);
  const found = yield* keepInSteps(answer.buckets, ({ key }) => !known.has(key));
  for (const { key } of found) known.add(key);
  const cutCountSum = part.cutCountSum - found.reduce((sum, { count }) => sum + count, 0);
  const isOfCounts = asked.wanted?.kind === 'counts';
  const isOfOthers = isOfCounts || answer.cutCountSum > 0;
  const absent = isOfOthers ? [] : yield* keepInSteps(keysIn(asked), (key) => !known.has(key));
  const buckets = [...part.buckets, ...found, ...withoutDocuments(absent, () => empty(aggregations))];
  if (cutCountSum === 0) return { kind: 'terms', buckets, cutCountMax: 0, cutCountSum };
  const most = isOfCounts ? Math.min(part.cutCountMax, answer.cutCountMax) : part.cutCountMax;
  return { ...part, buckets, cutCountMax: Math.min(most, cutCountSum), cutCountSum };
}

/** Of terms that were asked by name and that the part turns out not to have: it has cut away nothing of them. */
function withoutDocuments(keys: readonly Key[], nothing: () => AggregationPartials): Bucket[] {
  if (keys.length === 0) return [];
  const aggregations = nothing();
  return keys.map((key) => ({ key, count: 0, aggregations }));
}
