/**
 * Whether a query of one index is let in. One that is not costs the leaves nothing and its caller only a moment; refusing single
 * tasks instead would waste the work done for the others of the same query. Pure.
 *
 * A query is refused when some shard has no replica that would begin with it in a good part of the query's time: leaves
 * tell how long their lines are, as these change, so nothing has to be tried. There is no limit to be found and none to
 * be forgotten: roots see the same lines, and together let in what the leaves do, however many they are; and when the
 * lines are short again, so is the refusing. Batch queries stand in line for less, so they are the first to be refused.
 *
 * Source: the queuing time as the signal, and refusal of whole requests at the entry by what the services behind have
 * told with their answers, Zhou et al., "Overload control for scaling WeChat microservices" (SoCC 2018).
 */
import type { Priority } from '../../shared/protocol/priority.ts';
import type { LeafBook } from '../scatter/leaf-book.ts';

/** Of its time that a query may wait for each of its leaves: the rest is for doing it, and for leaves that turn out slower. */
const waitShareMax: Readonly<Record<Priority, number>> = { interactive: 0.25, batch: 0.125 };
/** As long as CoDel's target: so long a line may stand for no reason. */
const waitMsMin = 5;

/** What a query waits for a leaf at most, in milliseconds. */
export function waitMsMax(priority: Priority, timeoutMs: number): number {
  return Math.max(waitMsMin, timeoutMs * waitShareMax[priority]);
}

export interface Asking {
  readonly priority: Priority;
  readonly timeoutMs: number;
  /** For each shard the leaves that have it. */
  readonly owners: () => readonly (readonly string[])[];
}

/** Whether every shard that has replicas has one that is not too busy. Cost: a look at each leaf, and where one is busy at each shard. */
export function isLetIn(
  { priority, timeoutMs, owners }: Asking,
  book: Pick<LeafBook, 'busierThan'>,
  now: number,
): boolean {
  const busy = book.busierThan(waitMsMax(priority, timeoutMs), priority, now);
  if (busy.size === 0) return true;
  return !owners().some((replicas) => replicas.length > 0 && replicas.every((leaf) => busy.has(leaf)));
}
