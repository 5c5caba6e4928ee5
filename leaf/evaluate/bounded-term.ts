import { boundlessFrequency } from '../postings/impacts.ts';
import type { PostingBlocks } from '../postings/posting-blocks.ts';
import { blockPairs } from '../postings/postings-writer.ts';
import { noMoreDocuments } from './iterator.ts';
import type { NeededFrequency } from './needed-frequency.ts';
import { firstAtLeast } from './posting-iterator.ts';
import { boundSlack } from './pruned-search.ts';
import type { TermScoring } from './term-iterator.ts';

/** The bound of more blocks is hardly less than that of the whole list, and takes longer to find. */
const boundedBlocksMax = 4;

/** A scored posting list that knows what its documents can score at most, alone or over ranges, without reading them. */
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
  private blockOfDocument = -1;
  /** The block where the last look was, and its last document. */
  block = 0;
  last: number;
  /** The block that bounds were asked of last, and its bound. */
  private peeked = 0;
  private boundedBlock = -1;
  private boundOfBlock = 0;
  /** The block whose pairs these are. */
  private pairsBlock = -1;
  private pair0 = 0;
  private pair1 = 0;
  private pair2 = 0;

  constructor(list: PostingBlocks, { weight, norms, lengthCodes }: TermScoring) {
    this.list = list;
    this.weight = weight;
    this.norms = norms;
    this.lengthCodes = lengthCodes;
    this.last = list.lastOf(0);
    this.bound = this.listBound();
  }

  /** As DocumentIterator's, without an end. */
  advance(target: number): number {
    const { list } = this;
    if (this.docId >= target) {
      // Who walks the list itself may have loaded another block.
      if (this.docId < noMoreDocuments) list.loadTo(this.blockOfDocument, this.docId);
      return this.docId;
    }
    if (target > this.last) this.seekBlock(target);
    const { block } = this;
    if (block === list.blocks) return (this.docId = noMoreDocuments);
    const from = block === this.blockOfDocument ? this.at : 0;
    this.blockOfDocument = block;
    this.at = firstAtLeast(list.docIds, from, list.loadTo(block, target), target);
    return (this.docId = list.docIds[this.at]!);
  }

  /** Goes to the next document. */
  next(): number {
    const { list } = this;
    const at = this.at + 1;
    if (list.block !== this.blockOfDocument || at >= list.read) return this.advance(this.docId + 1);
    this.at = at;
    return (this.docId = list.docIds[at]!);
  }

  /** Score of the current document. */
  score(): number {
    const frequency = this.list.frequencies()[this.at]!;
    return (this.weight * frequency) / (frequency + this.norms[this.lengthCodes[this.docId]!]!);
  }

  /**
   * What one document can score at most, by its own length and how often the term stands in any document of its block that is
   * not longer; 0 where it certainly does not hold the term. Reads no block.
   * @param docId at or after any that was asked for before
   */
  boundOf(docId: number): number {
    const frequency = this.frequencyMaxOf(docId);
    if (frequency === 0) return 0;
    if (frequency === Infinity) return this.bound;
    return ((this.weight * frequency) / (frequency + this.norms[this.lengthCodes[docId]!]!)) * boundSlack;
  }

  /** How often the term can stand in a document at most; Infinity where that is not known. As boundOf. */
  frequencyMaxOf(docId: number): number {
    if (docId > this.last) this.seekBlock(docId);
    const { block, list } = this;
    if (block === list.blocks) return 0;
    if (!list.hasImpacts) return Infinity;
    if (block !== this.pairsBlock) this.readPairs(block);
    const code = this.lengthCodes[docId]!;
    // The pairs descend in both: the first that is not longer has the greatest frequency of those.
    let pair = this.pair0;
    if ((pair & 0xff) > code) pair = this.pair1;
    if ((pair & 0xff) > code) pair = this.pair2;
    if ((pair & 0xff) > code) return 0;
    const frequency = pair >>> 8;
    return frequency === boundlessFrequency ? Infinity : frequency;
  }

  /** What a document of this length code can score at most, wherever it is. */
  boundOfLength(code: number): number {
    const { list, bound } = this;
    if (!list.hasImpacts) return bound;
    const frequency = list.frequencyMax(code);
    if (frequency === boundlessFrequency) return bound;
    return Math.min(bound, ((this.weight * frequency) / (frequency + this.norms[code]!)) * boundSlack);
  }

  /** Whether any document of the block can have the frequency it needs. */
  blockAdmits(block: number, needed: NeededFrequency): boolean {
    const { list } = this;
    if (!list.hasImpacts) return true;
    return (
      needed.admits(list.blockImpact(block, 0)) ||
      needed.admits(list.blockImpact(block, 1)) ||
      needed.admits(list.blockImpact(block, 2))
    );
  }

  /** Moves `block` to the one that would hold the document. @param docId above `last` */
  seekBlock(docId: number): void {
    const { list } = this;
    this.block = list.blockAtOrAfter(docId, this.block);
    this.last = this.block === list.blocks ? noMoreDocuments : list.lastOf(this.block);
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
    const far = block + boundedBlocksMax;
    if (far < list.blocks && list.lastOf(far) < end) return this.bound;
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

  /** A pair that is missing is as the one before, which is passed over only where that was. */
  private readPairs(block: number): void {
    const { list } = this;
    this.pairsBlock = block;
    this.pair0 = list.blockImpact(block, 0);
    this.pair1 = list.blockImpact(block, 1) || this.pair0;
    this.pair2 = list.blockImpact(block, 2) || this.pair1;
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
