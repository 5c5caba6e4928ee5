/** Which terms are sent: those that come first in the order asked, cut where there are too many. */
import type { TermsPartial, TermsRequest } from '../../shared/aggregation/terms.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Sending } from './buckets.ts';
import { bucketsToSend, partialsOf, type Collected } from './send-buckets.ts';
import type { BucketTable } from './bucket-table.ts';
import { countedPerDocument, countedPerStep, nthLargest } from './nth-largest.ts';

/** As many as fit the share and `shardSize`, and as many as the answer lists in any case. */
export function termsSending(request: TermsRequest): Sending<TermsPartial> {
  return {
    needed: (count) => Math.min(count, request.size),
    wanted: (count) => Math.min(count, request.shardSize),
    send: (collected, parent, nestedNeeded, share) => sendTerms(request, collected, { parent, nestedNeeded, share }),
  };
}

interface Room {
  readonly parent: number;
  readonly nestedNeeded: number;
  readonly share: number;
}

function* sendTerms(
  request: TermsRequest,
  collected: Collected,
  { parent, nestedNeeded, share }: Room,
): Steps<TermsPartial> {
  const { table, budget } = collected;
  const all = yield* bucketsToSend(collected, parent);
  const fitting = Math.floor(share / (1 + nestedNeeded));
  const count = Math.min(all.length, request.shardSize, Math.max(request.size, fitting));
  budget.send(count);
  const { kept, cutCountMax, cutCountSum } = yield* cut(table, all, count, request.order);
  const buckets = yield* partialsOf(collected, kept, share);
  return { kind: 'terms', buckets, cutCountMax, cutCountSum };
}

interface Cut {
  /** By ascending key. */
  readonly kept: Uint32Array;
  readonly cutCountMax: number;
  readonly cutCountSum: number;
}

/**
 * The first buckets in the order in which they are listed, as `bucketOrder` has it, and what the others count.
 * @param all by ascending key
 */
function* cut(table: BucketTable, all: Uint32Array, count: number, order: TermsRequest['order']): Steps<Cut> {
  const left = all.length - count;
  if (left === 0) return { kept: all, cutCountMax: 0, cutCountSum: 0 };
  const counts = yield* countsOf(table, all);
  switch (order) {
    case 'count':
      return yield* cutByCount(all, counts, count);
    case 'keyAscending':
      return { kept: all.subarray(0, count), ...(yield* countCut(counts.subarray(count))) };
    case 'keyDescending':
      return { kept: all.subarray(left), ...(yield* countCut(counts.subarray(0, left))) };
  }
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
