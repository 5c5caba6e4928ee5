/** Which terms are sent: those that come first in the order asked, cut where there are too many. */
import type { TermsListing } from '../../shared/aggregation/terms-listing.ts';
import { compareBy, type TermsOrder, type TermsOrderKey } from '../../shared/aggregation/terms-order.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Sending } from './buckets.ts';
import { bucketsToSend, partialsOf, type Collected } from './send-buckets.ts';
import { sortInSteps } from './sort-in-steps.ts';

type Listing = Pick<TermsListing, 'size' | 'shardSize' | 'order'>;

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
  const { table, budget } = collected;
  const all = yield* bucketsToSend(collected, parent);
  const fitting = Math.floor(share / (1 + nestedNeeded));
  const count = Math.min(all.length, listing.shardSize, Math.max(listing.size, fitting));
  budget.send(count);
  if (count === all.length) {
    return { kind: 'terms', buckets: yield* partialsOf(collected, all, share), cutCountMax: 0, cutCountSum: 0 };
  }
  yield* sortInSteps(all, orderOf(collected, listing.order));
  let cutCountMax = 0;
  let cutCountSum = 0;
  for (let i = count; i < all.length; i++) {
    cutCountMax = Math.max(cutCountMax, table.countOf(all[i]!));
    cutCountSum += table.countOf(all[i]!);
  }
  const cutFrom = listing.order[0]!.by === 'key' ? { cutFrom: collected.keyOf(all[count]!) } : {};
  const buckets = yield* partialsOf(collected, all.subarray(0, count), share);
  return { kind: 'terms', buckets, cutCountMax, cutCountSum, ...cutFrom };
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
