/**
 * Below which offset decisions may be let go of. Pure.
 *
 * Whoever reads a part of an append has to find what was decided of it. An append counts where its decision stands at most a window behind what its author had seen
 * before it wrote the parts. So at a moment when the decisions ended at D, and partitions at their heads: a part that comes behind such a head is decided behind D, if at
 * all, and where its author had seen less than D less a window, it does not count. Once every partition has let go of what stood below those heads, nothing that is
 * there needs a decision below D less a window.
 */
import { windowMax } from './verdicts.ts';

/** How far everything had come at one moment. */
export interface Ends {
  /** The offset after the last decision, looked up before all else here. */
  readonly decisions: number;
  /** By name of topic, those of its partitions. */
  readonly partitions: ReadonlyMap<string, readonly number[]>;
}

/**
 * @param ends as they were
 * @param earliest what the partitions still have from, now; a topic that is not there any more is left out
 * @param forgotten keys that were decided below this offset are remembered by nobody
 * @returns null where a partition still has something from before
 */
export function decisionsFloor(
  ends: Ends,
  earliest: ReadonlyMap<string, readonly number[]>,
  forgotten: number,
): number | null {
  for (const [topic, heads] of ends.partitions) {
    const now = earliest.get(topic);
    if (now !== undefined && heads.some((head, number) => now[number]! < head)) return null;
  }
  return Math.max(0, Math.min(ends.decisions, forgotten) - windowMax);
}
