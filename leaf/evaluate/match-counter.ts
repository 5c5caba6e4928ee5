import { countBits, hasBit, makeBitset } from '../columns/bitset.ts';
import { fillWith, type DocumentIterator } from './iterator.ts';

/** Documents whose matches are put side by side as bits: as many words as the nearest cache holds. */
const windowSize = 65_536;
/** The matches of the window at hand. One serves all searches, because a window is counted without a pause. */
const found = makeBitset(windowSize);
/** How many bits are set for what looking at a document costs. */
const marksPerDocument = 4;
/** Where matches cannot be had as bits. */
const batch = new Uint32Array(1024);

/**
 * Counts matches without scores: at once where the iterator knows how many there are, as bits where it can set these,
 * else in batches. Nobody else may move the iterator.
 */
export class MatchCounter {
  /** Documents it will look at over the whole segment, at most and roughly. */
  readonly cost: number;
  private readonly iterator: DocumentIterator;
  private readonly deleted: Uint32Array | null;

  /** @param iterator of the matches, deleted documents included @param deleted a set of documents that do not count */
  constructor(iterator: DocumentIterator, deleted: Uint32Array | null) {
    const isKnown = deleted === null && iterator.count !== undefined;
    this.cost = isKnown ? 0 : iterator.mark === undefined ? iterator.cost : Math.ceil(iterator.cost / marksPerDocument);
    this.iterator = iterator;
    this.deleted = deleted;
  }

  /** Matches from `start`, which is at least the `end` of the call before, up to `end`. */
  count(start: number, end: number): number {
    const { iterator, deleted } = this;
    if (deleted === null && iterator.count !== undefined) return iterator.count(start, end);
    if (iterator.mark === undefined) return this.countInBatches(start, end);
    let count = 0;
    for (let from = start; from < end;) {
      const base = from & ~31;
      const to = Math.min(end, base + windowSize);
      const words = found.subarray(0, (to - base + 31) >>> 5);
      words.fill(0);
      iterator.mark(words, { base, target: from, end: to });
      if (deleted !== null) for (let i = 0; i < words.length; i++) words[i]! &= ~deleted[(base >>> 5) + i]!;
      count += countBits(words);
      from = to;
    }
    return count;
  }

  private countInBatches(start: number, end: number): number {
    const { iterator, deleted } = this;
    let count = 0;
    for (let target = start; target < end;) {
      const filled = fillWith(iterator, batch, { target, end, countMax: batch.length });
      if (filled === 0) break;
      target = batch[filled - 1]! + 1;
      if (deleted === null) count += filled;
      else for (let i = 0; i < filled; i++) if (!hasBit(deleted, batch[i]!)) count++;
    }
    return count;
  }
}
