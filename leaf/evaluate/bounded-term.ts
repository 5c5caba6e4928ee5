import { boundlessFrequency } from '../postings/impacts.ts';
import type { PostingBlocks } from '../postings/posting-blocks.ts';
import { blockPairs } from '../postings/postings-writer.ts';
import { noMoreDocuments } from './iterator.ts';
import { firstAtLeast } from './posting-iterator.ts';
import { boundSlack } from './pruned-search.ts';
import type { TermScoring } from './term-iterator.ts';

/** A scored posting list that knows what its documents can score at most, over ranges of documents, without reading them. */
export class BoundedTerm {
  docId = -1;
  readonly list: PostingBlocks;
  readonly weight: number;
  readonly norms: Float64Array;
  readonly lengthCodes: Uint8Array;
  /** No document scores more. */
  readonly bound: number;
  /** Place of the document in its block. */
  at = 0;
  /** The block of the document. */
  private block = -1;
  private last = -1;
  /** The block that bounds were asked of last, and its bound. */
  private peeked = 0;
  private boundedBlock = -1;
  private boundOfBlock = 0;

  constructor(list: PostingBlocks, { weight, norms, lengthCodes }: TermScoring) {
    this.list = list;
    this.weight = weight;
    this.norms = norms;
    this.lengthCodes = lengthCodes;
    this.bound = this.listBound();
  }

  /** As DocumentIterator's, without an end. */
  advance(target: number): number {
    if (this.docId >= target) return this.docId;
    const { list } = this;
    let at = this.at + 1;
    // Who walks the list itself may have loaded another block.
    if (target > this.last || list.block !== this.block) {
      this.block = list.blockAtOrAfter(target, Math.max(0, this.block));
      if (this.block === list.blocks) {
        this.last = noMoreDocuments;
        return (this.docId = noMoreDocuments);
      }
      list.load(this.block);
      this.last = list.lastOf(this.block);
      at = 0;
    }
    this.at = firstAtLeast(list.docIds, at, list.count, target);
    return (this.docId = list.docIds[this.at]!);
  }

  /** Score of the current document. */
  score(): number {
    const frequency = this.list.frequencies()[this.at]!;
    return (this.weight * frequency) / (frequency + this.norms[this.lengthCodes[this.docId]!]!);
  }

  /** The end of the block that holds the first document at or after `docId`: there is another bound from there on. */
  boundEnd(docId: number): number {
    const block = this.peek(docId);
    return block === this.list.blocks ? noMoreDocuments : this.list.lastOf(block) + 1;
  }

  /** No document from `start` up to `end` scores more; 0 where there is none. `start` ascends from call to call. */
  boundBetween(start: number, end: number): number {
    const { list } = this;
    let block = this.peek(start);
    if (block === list.blocks) return 0;
    let bound = this.blockBound(block);
    while (list.lastOf(block) + 1 < end && ++block < list.blocks) bound = Math.max(bound, this.blockBound(block));
    return bound;
  }

  /** No document of the block scores more. */
  blockBound(block: number): number {
    if (block === this.boundedBlock) return this.boundOfBlock;
    if (!this.list.hasImpacts) return this.bound;
    let bound = 0;
    for (let i = 0; i < blockPairs; i++) {
      const worth = this.worth(this.list.blockImpact(block, i));
      if (worth > bound) bound = worth;
    }
    this.boundedBlock = block;
    this.boundOfBlock = bound * boundSlack;
    return this.boundOfBlock;
  }

  private worth(pair: number): number {
    const frequency = pair >>> 8;
    if (frequency === boundlessFrequency) return this.weight;
    return frequency === 0 ? 0 : (this.weight * frequency) / (frequency + this.norms[pair & 0xff]!);
  }

  private peek(docId: number): number {
    return (this.peeked = this.list.blockAtOrAfter(docId, this.peeked));
  }

  private listBound(): number {
    const { list, weight, norms } = this;
    if (list.hasImpacts) {
      const worth = (frequency: number, code: number): number =>
        frequency === Infinity ? weight : (weight * frequency) / (frequency + norms[code]!);
      return list.bestOfList(worth) * boundSlack;
    }
    list.load(0);
    const frequencies = list.frequencies();
    let best = 0;
    for (let i = 0; i < list.count; i++) {
      const frequency = frequencies[i]!;
      best = Math.max(best, (weight * frequency) / (frequency + norms[this.lengthCodes[list.docIds[i]!]!]!));
    }
    return best * boundSlack;
  }
}
