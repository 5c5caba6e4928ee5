import { blockSize } from '../postings/packed-block.ts';
import type { PostingBlocks } from '../postings/posting-blocks.ts';
import type { BoundedTerm } from './bounded-term.ts';
import { firstAtLeast } from './posting-iterator.ts';
import type { Accept, ScoreSink } from './pruned-search.ts';

/** A sum in another order may round otherwise. */
export const roundingSlack: number = 1 + 1e-12;

export interface LookUp {
  /** Which of the query's terms it is. */
  readonly index: number;
  /** What the terms that are looked up later can add at most. */
  readonly rest: number;
  readonly floor: number;
  /** Whether documents without the term are out. */
  readonly required: boolean;
}

/** Where at least so many are looked up in a block, its docIds are marked rather than searched for each. */
const markedMin = 8;
/** Blocks whose documents lie further apart are searched. */
const markedSpan = 4096;
const placeBits = 7;
/** By distance of a docId from where its block begins: its place there, beside the number of the marking it is of. */
const marks = new Uint32Array(markedSpan);
let marking = 0;

/** Marks every docId of the block that is loaded. */
function mark({ docIds, count }: PostingBlocks, start: number): void {
  if (++marking === 2 ** (32 - placeBits)) {
    marks.fill(0);
    marking = 1;
  }
  const tag = marking << placeBits;
  for (let i = 0; i < count; i++) marks[docIds[i]! - start] = tag | i;
}

/** Place of the document in the block that was marked last, or −1. */
function placeOf(distance: number): number {
  const found = marks[distance]!;
  return found >>> placeBits === marking ? found & ((1 << placeBits) - 1) : -1;
}

/**
 * Some documents that might be among the best, ascending, with what is known of their scores. They are looked up in one term
 * after another, all in each, and those that cannot compete any more fall out on the way: a short loop over columns for each
 * term instead of a long path for each document.
 */
export class Candidates {
  count = 0;
  private readonly docIds = new Uint32Array(blockSize);
  /** Scores of the terms so far, in any order. */
  private readonly sums = new Float64Array(blockSize);
  /** Where each one's scores stand in `parts`. */
  private readonly slots = new Uint8Array(blockSize);
  /** By index of the term and slot: its score, 0 where the document does not hold it. */
  private readonly parts: Float64Array[] = [];

  /** Forgets all, and makes room for queries of so many terms. */
  begin(terms: number): void {
    this.count = 0;
    while (this.parts.length < terms) this.parts.push(new Float64Array(blockSize));
  }

  get isFull(): boolean {
    return this.count === blockSize;
  }

  /** Adds a document after all others, by what is known of its score. */
  add(docId: number, sum: number): void {
    const slot = this.count++;
    this.docIds[slot] = docId;
    this.sums[slot] = sum;
    this.slots[slot] = slot;
  }

  /** The score of a term in the document that is added next. */
  setPart(index: number, score: number): void {
    this.parts[index]![this.count] = score;
  }

  /** Looks all up in a term. What is left still might exceed the floor. */
  lookUp(term: BoundedTerm, { index, rest, floor, required }: LookUp): void {
    const { docIds, sums, slots } = this;
    const part = this.parts[index]!;
    const { list, weight, norms, lengthCodes } = term;
    const { docIds: listed } = list;
    let kept = 0;
    let { block, last } = term;
    let entered = -1;
    let isLoaded = false;
    let isMarked = false;
    let start = 0;
    let at = 0;
    for (let j = 0; j < this.count; j++) {
      const docId = docIds[j]!;
      const sum = sums[j]!;
      if (docId > last) {
        term.seekBlock(docId);
        ({ block, last } = term);
      }
      if (block !== entered) {
        entered = block;
        isLoaded = isMarked = j + markedMin <= this.count && docIds[j + markedMin - 1]! <= last && block < list.blocks;
        at = 0;
        if (isLoaded) {
          list.load(block);
          start = block === 0 ? 0 : list.lastOf(block - 1) + 1;
          isMarked = last - start < markedSpan;
          if (isMarked) mark(list, start);
        }
      }
      let place = -1;
      if (isMarked) place = placeOf(docId - start);
      else {
        // Where even the most that the term could give there would not do, the block need not be read: the document is out, and
        // counting nothing for the term puts it out.
        const bound = isLoaded ? Infinity : term.boundOf(docId);
        if (bound > 0 && (sum + bound + rest) * roundingSlack > floor) {
          at = firstAtLeast(listed, at, list.loadTo(block, docId), docId);
          if (listed[at] === docId) place = at;
        }
      }
      let own = 0;
      if (place !== -1) {
        const frequency = isMarked ? list.frequencies()[place]! : list.frequencyAt(place);
        own = (weight * frequency) / (frequency + norms[lengthCodes[docId]!]!);
      }
      if ((own === 0 && required) || (sum + own + rest) * roundingSlack <= floor) continue;
      const slot = slots[j]!;
      part[slot] = own;
      docIds[kept] = docId;
      sums[kept] = sum + own;
      slots[kept++] = slot;
    }
    this.count = kept;
  }

  /** Offers what is left, looked up in all terms. Scores add in the order written. */
  offerTo(sink: ScoreSink, terms: number, accept: Accept | null): void {
    const { docIds, slots, parts } = this;
    for (let j = 0; j < this.count; j++) {
      const slot = slots[j]!;
      let score = 0;
      for (let index = 0; index < terms; index++) score += parts[index]![slot]!;
      if (score > sink.floor && (accept === null || accept(docIds[j]!))) sink.offer(docIds[j]!, score);
    }
    this.count = 0;
  }
}

/**
 * One serves all searches of a thread, because a block of candidates is dealt with without a pause. It is scratch, as `marks` is,
 * and no cache: nothing in it outlasts a call.
 */
export const candidates: Candidates = new Candidates();
