/** Which terms are sent: those that come first in the order asked, cut where there are too many. */
import type { TermsListing, WantedTerms } from '../../shared/aggregation/terms-listing.ts';
import { compareBy, type TermsOrder, type TermsOrderKey } from '../../shared/aggregation/terms-order.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Sending } from './buckets.ts';
import { bucketsToSend, partialsOf, type Collected } from './send-buckets.ts';
import { sortInSteps } from './sort-in-steps.ts';
import type { BucketTable } from './bucket-table.ts';
import { countedPerDocument, countedPerStep, nthLargest } from './nth-largest.ts';

type Listing = Pick<TermsListing, 'size' | 'shardSize' | 'order' | 'wanted'>;

/** As many as fit the share and `shardSize`, and as many as the answer lists in any case. */
export function termsSending(listing: Listing): Sending<TermsPartial> {
  return {
    needed: (count) => Math.min(count, listing.size),
    wanted: (count) => Math.min(count, listing.shardSize),
    send: (collected, parent, nestedNeeded, share) => sendTerms(listing, collected, { parent, nestedNeeded, share }),
  };
}

interface Room {
  readonly parent: number;
  readonly nestedNeeded: number;
  readonly share: number;
}

function* sendTerms(
  listing: Listing,
  collected: Collected,
  { parent, nestedNeeded, share }: Room,
): Steps<TermsPartial> {
  const { budget, nested } = collected;
  const all = yield* bucketsToSend(collected, parent);
  const { wanted, cutCountMax, cutCountSum } = yield* wantedOf(collected, all, listing.wanted);
  const fitting = Math.floor(share / (1 + nestedNeeded));
  const room = Math.min(fitting, budget.roomFor(nested.bytesInEach));
  const count = Math.min(wanted.length, listing.shardSize, Math.max(listing.size, room));
  budget.sendBuckets(count);
  const { kept, ...cutAway } = yield* cut(collected, wanted, count, listing.order);
  const buckets = yield* partialsOf(collected, kept, share);
  return {
    kind: 'terms',
    buckets,
    ...cutAway,
    cutCountMax: Math.max(cutCountMax, cutAway.cutCountMax),
    cutCountSum: cutCountSum + cutAway.cutCountSum,
  };
}

interface Wanted extends Pick<Cut, 'cutCountMax' | 'cutCountSum'> {
  /** By ascending key. */
  readonly wanted: Uint32Array;
}

/** Of what a later round asks for what there is; all where it is no later round. @param all by ascending key */
function* wantedOf({ table, keyOf }: Collected, all: Uint32Array, asked: WantedTerms | undefined): Steps<Wanted> {
  if (asked === undefined) return { wanted: all, cutCountMax: 0, cutCountSum: 0 };
  if (asked.kind === 'keys') {
    const keys = new Set<string | number>(asked.keys);
    yield all.length;
    return { wanted: all.filter((bucket) => keys.has(keyOf(bucket))), cutCountMax: 0, cutCountSum: 0 };
  }
  const { from, upTo } = asked;
  const counts = yield* countsOf(table, all);
  const left = all.filter((_, i) => counts[i]! >= from && counts[i]! <= upTo);
  return { wanted: left, ...(yield* countCut(counts.filter((count) => count < from))) };
}

interface Cut {
  readonly kept: Uint32Array;
  readonly cutCountMax: number;
  readonly cutCountSum: number;
  /** Of those cut away the first key, where buckets are listed by key. */
  readonly cutFrom?: number | string;
}

/**
 * The first buckets in the order in which they are kept, and what the others count.
 * @param all by ascending key
 */
function* cut(collected: Collected, all: Uint32Array, count: number, order: TermsOrder): Steps<Cut> {
  const left = all.length - count;
  if (left === 0) return { kept: all, cutCountMax: 0, cutCountSum: 0 };
  const [first, second] = keptBy(order);
  const counts = yield* countsOf(collected.table, all);
  if (first!.by === 'key') {
    const [kept, cutFrom, cutCounts] = first!.descending
      ? [all.subarray(left), all[left - 1]!, counts.subarray(0, left)]
      : [all.subarray(0, count), all[count]!, counts.subarray(count)];
    return { kept, ...(yield* countCut(cutCounts)), cutFrom: collected.keyOf(cutFrom) };
  }
  const isByKeyThen = second === undefined || (second.by === 'key' && !second.descending);
  if (first!.descending && isByKeyThen) return yield* cutByCount(all, counts, count);
  yield* sortInSteps(all, orderOf(collected, order));
  const cutCounts = yield* countsOf(collected.table, all.subarray(count));
  return { kept: all.subarray(0, count), ...(yield* countCut(cutCounts)) };
}

/** The order in which buckets are kept where there are too many. */
function orderOf({ table, compareKeysOf }: Collected, order: TermsOrder): (a: number, b: number) => number {
  return compareBy<number>(keptBy(order), {
    count: (a, b) => table.countOf(a) - table.countOf(b),
    key: compareKeysOf,
    metric: () => () => 0,
  });
}

/** Metrics of a part do not say which of its buckets matter; of the largest most is known. */
function keptBy(order: TermsOrder): TermsOrder {
  return order.map((key): TermsOrderKey => (key.by === 'metric' ? { by: 'count', descending: true } : key));
}

/** Of equal counts the least keys are kept. */
function* cutByCount(all: Uint32Array, counts: Float64Array, count: number): Steps<Cut> {
  const { number: least, above } = yield* nthLargest(counts, count);
  let equalLeft = count - above;
  let keptCount = 0;
  let cutCount = 0;
  const kept = new Uint32Array(count);
  for (let i = 0; i < all.length; i++) {
    const own = counts[i]!;
    if (own > least || (own === least && equalLeft-- > 0)) kept[keptCount++] = all[i]!;
    // Those cut are put in front, where they have been read.
    else counts[cutCount++] = own;
    if ((i + 1) % countedPerStep === 0) yield countedPerStep / countedPerDocument;
  }
  return { kept: kept.subarray(0, keptCount), ...(yield* countCut(counts.subarray(0, cutCount))) };
}

function* countsOf(table: BucketTable, buckets: Uint32Array): Steps<Float64Array> {
  const counts = new Float64Array(buckets.length);
  for (let i = 0; i < counts.length; i++) {
    counts[i] = table.countOf(buckets[i]!);
    if ((i + 1) % countedPerStep === 0) yield countedPerStep / countedPerDocument;
  }
  return counts;
}

function* countCut(counts: Float64Array): Steps<Pick<Cut, 'cutCountMax' | 'cutCountSum'>> {
  let cutCountMax = 0;
  let cutCountSum = 0;
  for (let i = 0; i < counts.length; i++) {
    cutCountMax = Math.max(cutCountMax, counts[i]!);
    cutCountSum += counts[i]!;
    if ((i + 1) % countedPerStep === 0) yield countedPerStep / countedPerDocument;
  }
  return { cutCountMax, cutCountSum };
}
