/**
 * Which life of a leaf its words are of. A later life has a higher number by what is stored and by what others know,
 * never by a clock: clocks are set back. Pure.
 *
 * A number is a count, raised at each start, and below it a draw: a leaf whose folder was lost begins to count anew, and
 * must not be taken for the life that had the same count. Such a leaf is below what the roots have heard of it, is told
 * so, and goes on above that. The way of SWIM (Das, Gupta and Motivala, 2002): a member that hears itself outdated raises
 * its incarnation.
 */
import { isNewer, type LeafWord, type PeerNews } from '../../shared/protocol/reports.ts';

/** 2^21 draws leave 2^32 counts among the whole numbers that are exact. */
const draws = 2 ** 21;

/**
 * The number of the life that follows one of this number.
 * @param random uniform in [0, 1)
 */
export function nextIncarnation(before: number, random: () => number): number {
  return (Math.floor(before / draws) + 1) * draws + Math.floor(random() * draws);
}

/**
 * The word on this very leaf that a root has and that is newer than the leaf's own, or null.
 * @param own the last word that the leaf has spoken
 */
export function outdatedBy(own: LeafWord, news: readonly PeerNews[]): PeerNews | null {
  return news.find((word) => word.leaf === own.leaf && isNewer(word, own)) ?? null;
}
