import type { PostingBlocks } from '../postings/posting-blocks.ts';
import { blockSize } from '../postings/packed-block.ts';
import { noMoreDocuments } from './iterator.ts';
import type { DocumentIterator, MarkedRange, Wanted } from './iterator.ts';

/** Walks a posting list. Blocks without a target are not read. All matches score the same. */
export class PostingIterator implements DocumentIterator {
  docId = -1;
  readonly cost: number;
  protected readonly list: PostingBlocks;
  /** Place in the block of the current document. */
  protected at = 0;
  private readonly weight: number;
  /** The last docId of the block that is loaded. */
  private last = -1;
  private block = -1;

  constructor(list: PostingBlocks, weight: number) {
    this.list = list;
    this.cost = list.documents;
    this.weight = weight;
  }

  advance(target: number): number {
    if (this.docId >= target) return this.docId;
    const { list } = this;
    let at = this.at + 1;
    if (target > this.last) {
      const block = list.blockAtOrAfter(target, this.block + 1);
      this.block = block;
      if (block === list.blocks) {
        this.last = noMoreDocuments;
        return (this.docId = noMoreDocuments);
      }
      this.last = list.lastOf(block);
      at = 0;
      list.load(block);
    }
    at = firstAtLeast(list.docIds, at, list.count, target);
    this.at = at;
    return (this.docId = list.docIds[at]!);
  }

  fill(into: Uint32Array, { target, end, countMax }: Wanted): number {
    if (this.advance(target) >= end) return 0;
    const { list } = this;
    let filled = 0;
    for (let { at } = this; ; at = 0) {
      list.load(this.block);
      const { docIds, count } = list;
      const stop = Math.min(count, at + countMax - filled);
      for (; at < stop; at++) {
        const docId = docIds[at]!;
        if (docId >= end) break;
        into[filled++] = docId;
      }
      // Where nothing was taken of this block, the current document stands in the one before: nobody asks for its score.
      this.at = at - 1;
      if (at < count || filled === countMax || this.block + 1 === list.blocks) break;
      this.last = list.lastOf(++this.block);
    }
    this.docId = into[filled - 1]!;
    return filled;
  }

  retain(docIds: Uint32Array, count: number): number {
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const docId = docIds[i]!;
      if (docId > this.docId) this.advance(docId);
      if (docId === this.docId) docIds[kept++] = docId;
    }
    return kept;
  }

  /** Cost: log of the blocks, of which those at the ends are read. */
  count(target: number, end: number): number {
    if (this.advance(target) >= end) return 0;
    const first = this.block * blockSize + this.at;
    this.advance(end);
    const { list } = this;
    return (this.block === list.blocks ? list.documents : this.block * blockSize + this.at) - first;
  }

  mark(into: Uint32Array, { base, target, end }: MarkedRange): void {
    if (this.advance(target) >= end) return;
    const { list } = this;
    for (let { at, block } = this; ; at = 0) {
      list.load(block);
      const { docIds, count } = list;
      for (; at < count; at++) {
        const docId = docIds[at]!;
        if (docId >= end) break;
        const bit = docId - base;
        into[bit >>> 5]! |= 1 << (bit & 31);
      }
      if (at < count || ++block === list.blocks) break;
    }
    this.advance(end);
  }

  score(): number {
    return this.weight;
  }
}

/**
 * The first place from `low` on whose docId is at least `target`; there is one below `count`.
 * Cost: log of the distance.
 */
export function firstAtLeast(docIds: Uint32Array, low: number, count: number, target: number): number {
  if (docIds[low]! >= target) return low;
  let step = 1;
  let below = low;
  while (below + step < count && docIds[below + step]! < target) {
    below += step;
    step *= 2;
  }
  let high = Math.min(below + step, count - 1);
  while (high - below > 1) {
    const middle = (below + high) >>> 1;
    if (docIds[middle]! < target) below = middle;
    else high = middle;
  }
  return high;
}
