/** Which terms are sent: those that come first in the order asked, cut where there are too many. */
import type { TermsPartial, TermsRequest } from '../../shared/aggregation/terms.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Sending } from './buckets.ts';
import { bucketsToSend, partialsOf, type Collected } from './send-buckets.ts';
import { sortInSteps } from './sort-in-steps.ts';

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
  let cutCountMax = 0;
  let cutCountSum = 0;
  if (count < all.length) {
    yield* sortInSteps(all, orderOf(collected, request.order));
    for (let i = count; i < all.length; i++) {
      cutCountMax = Math.max(cutCountMax, table.countOf(all[i]!));
      cutCountSum += table.countOf(all[i]!);
    }
  }
  const buckets = yield* partialsOf(collected, all.subarray(0, count), share);
  return { kind: 'terms', buckets, cutCountMax, cutCountSum };
}

/** The order in which buckets are listed, and kept where there are too many, as `bucketOrder` has it. */
function orderOf({ table, compareKeysOf }: Collected, order: TermsRequest['order']): (a: number, b: number) => number {
  switch (order) {
    case 'count':
      return (a, b) => table.countOf(b) - table.countOf(a) || compareKeysOf(a, b);
    case 'keyAscending':
      return compareKeysOf;
    case 'keyDescending':
      return (a, b) => compareKeysOf(b, a);
  }
}
