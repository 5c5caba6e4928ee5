/**
 * Whether a query of one index is let in. One that is not costs the leaves nothing and its caller only a moment; refusing single
 * tasks instead would waste the work done for the others of the same query. Pure.
 *
 * A query is refused when some shard has no replica that would begin with it in a good part of the query's time: leaves
 * tell how long their lines are, as these change, so nothing has to be tried. There is no limit to be found and none to
 * be forgotten: roots see the same lines, and together let in what the leaves do, however many they are; and when the
 * lines are short again, so is the refusing. Batch queries stand in line for less, so they are the first to be refused.
 *
 * A line that was not there within the time of the query is a burst, and may be twice as long for interactive ones: it does not mean that more is
 * asked than can be done, and while one round waits in it, it shrinks for the next.
 *
 * Source: the queuing time as the signal, and refusal of whole requests at the entry by what the services behind have
 * told with their answers, Zhou et al., "Overload control for scaling WeChat microservices" (SoCC 2018).
 */
import type { Priority } from '../../shared/protocol/priority.ts';
import type { LeafBook, LineLimits } from '../scatter/leaf-book.ts';

/**
 * Of its time that a query may wait for each of its leaves where lines stand: each of up to three rounds waits anew, and the
 * rest is for doing it, and for leaves that turn out slower.
 */
const waitShareMax: Readonly<Record<Priority, number>> = { interactive: 0.25, batch: 0.125 };
/** The same in a burst. Batch tasks wait behind all interactive ones that come meanwhile, so for them it does not shrink. */
const burstShareMax: typeof waitShareMax = { interactive: 0.5, batch: 0.125 };
/** As long as CoDel's target: so long a line may stand for no reason. */
const waitMsMin = 5;

/**
 * Of what others may wait where lines stand what a query may whose page takes a round of its own: two rounds are usual, and it has
 * three. A burst is over by the third.
 */
const deepShare = 2 / 3;

/** What is known of a query before it is asked. */
export interface Waiting {
  readonly priority: Priority;
  readonly timeoutMs: number;
  /** Whether its page is so far down that it is fetched in a round of its own. Absent: it is not. */
  readonly isDeep?: boolean;
}

/** What a query may wait for a leaf. */
export function lineLimits({ priority, timeoutMs, isDeep }: Waiting): LineLimits {
  const standingMs = timeoutMs * waitShareMax[priority] * (isDeep === true ? deepShare : 1);
  return {
    standingMs: Math.max(waitMsMin, standingMs),
    burstMs: Math.max(waitMsMin, timeoutMs * burstShareMax[priority]),
    burstLastsMs: timeoutMs,
  };
}

export interface Asking extends Waiting {
  /** For each shard the leaves that have it. */
  readonly owners: () => readonly (readonly string[])[];
}

/**
 * Whether every shard that has replicas has one that is not too busy. Silent and ejected ones are asked after those that
 * are (replica-choice.ts), so they are no room; where there are no others they are no reason to refuse either.
 * Cost: a look at each leaf, and where one is busy at each shard.
 */
export function isLetIn(
  { owners, ...waiting }: Asking,
  book: Pick<LeafBook, 'busierThan' | 'isGood'>,
  now: number,
): boolean {
  const busy = book.busierThan(lineLimits(waiting), waiting.priority, now);
  if (busy.size === 0) return true;
  return !owners().some((replicas) => {
    const good = replicas.filter((leaf) => book.isGood(leaf, now));
    return good.length > 0 && good.every((leaf) => busy.has(leaf));
  });
}
