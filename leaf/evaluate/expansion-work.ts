/** What an expansion has done since the last step; and the reading of posting lists, which is most of it. */
import { setBit } from '../columns/bitset.ts';
import type { PostingBlocks } from '../postings/posting-blocks.ts';
import type { Steps } from '../schedule/steps.ts';

/** Work after which a step ends, in documents: generators cost, too. */
const workPerStep = 64;
/** What finding a term or a key costs, in documents. */
export const findingCost = 32;
/** What beginning to read a list costs, in documents. */
const listCost = 16;
/** Postings read for what looking at a document costs. */
const postingsPerDocument = 4;
/** Words of a bitset made and counted for what looking at a document costs. */
const wordsPerDocument = 16;

export class Work {
  private done: number;

  /** @param words memory that has to be made and gone through, in words of 4 bytes */
  constructor(words = 0) {
    this.done = words / wordsPerDocument;
  }

  /** Whether it is enough for a step. */
  adds(work: number): boolean {
    this.done += work;
    return this.done >= workPerStep;
  }

  take(): number {
    const { done } = this;
    this.done = 0;
    return done;
  }
}

/** Reads a list block by block, each to be taken from it as it is loaded. */
export function* readList(list: PostingBlocks, work: Work, take: (list: PostingBlocks) => void): Steps<void> {
  if (work.adds(listCost)) yield work.take();
  for (let block = 0; block < list.blocks; block++) {
    list.load(block);
    take(list);
    if (work.adds(list.count / postingsPerDocument)) yield work.take();
  }
}

/** Puts the documents of the block loaded in a bitset. */
export function addBlock(words: Uint32Array, { docIds, count }: PostingBlocks): void {
  for (let i = 0; i < count; i++) setBit(words, docIds[i]!);
}
