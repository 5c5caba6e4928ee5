/**
 * The rounds of aggregations after the first. A kind says of the parts that have come what each is still to be asked (`rounds` of its
 * definition); this is the walk over a request that asks all of them.
 */
import type {
  AggregationPartial,
  AggregationPartials,
  AggregationRequest,
  AggregationRequests,
  Asking,
  RoundsEnd,
} from './definition.ts';
import { mergeInSteps } from './merge.ts';
import type { Steps } from './steps.ts';
import { definitionOf } from './table.ts';

/** Whether some aggregation may have another round. */
export function mayAskAgain(requests: AggregationRequests): boolean {
  return Object.values(requests).some((request) => definitionOf(request).rounds?.mayFollow(request) === true);
}

/**
 * What each part is asked in the next round, by the callers' names; null where nothing is to be asked of it, and of all parts where the
 * answer is as accurate as was asked, or as it can be. Those at the top ask: what is in buckets has one round.
 * @param parts of all that were asked, each whole by itself
 * @param onEnd is told of an aggregation for which not all is asked that would be needed
 */
export function* nextRound(
  requests: AggregationRequests,
  parts: readonly AggregationPartials[],
  asking: Omit<Asking, 'mergeNested' | 'onEnd'>,
  onEnd: (name: string, reason: RoundsEnd) => void,
): Steps<(AggregationRequests | null)[]> {
  const asks = parts.map((): Record<string, AggregationRequest> => ({}));
  for (const [name, request] of Object.entries(requests)) {
    const { rounds } = definitionOf(request);
    if (rounds?.mayFollow(request) !== true) continue;
    const own = parts.map((part) => part[name]!);
    const next = yield* rounds.next(request, own, {
      ...asking,
      mergeNested: mergeInSteps,
      onEnd: (reason) => onEnd(name, reason),
    });
    for (const [i, ask] of next.entries()) if (ask !== null) asks[i]![name] = ask;
  }
  return asks.map((ask) => (Object.keys(ask).length === 0 ? null : ask));
}

/**
 * A part with what it answered besides.
 * @param asked what `nextRound` asked of it
 * @param answers of the same state as the part, together of all that it is of
 */
export function* amendPart(
  requests: AggregationRequests,
  part: AggregationPartials,
  { asked, answers }: { readonly asked: AggregationRequests; readonly answers: readonly AggregationPartials[] },
  empty: Asking['finishing']['empty'],
): Steps<AggregationPartials> {
  const amended: Record<string, AggregationPartial> = { ...part };
  const merged = yield* mergeInSteps(asked, answers);
  for (const [name, ask] of Object.entries(asked)) {
    const request = requests[name]!;
    const { rounds } = definitionOf(request);
    if (rounds === undefined) throw new Error(`${request.kind} has one round`);
    amended[name] = yield* rounds.amend(request, part[name]!, { asked: ask, answer: merged[name]!, empty });
  }
  return amended;
}
