import { countBits, nextSetBit } from '../columns/bitset.ts';
import { noMoreDocuments, ResumingIterator } from './iterator.ts';

/** Walks a set of documents. All matches score the same. */
export class BitsetIterator extends ResumingIterator {
  override readonly cost: number;
  private readonly words: Uint32Array;
  private readonly documents: number;
  private readonly weight: number;

  /** @param count members of the set, where that is known: counting them costs its words */
  constructor(words: Uint32Array, documents: number, weight: number, count: number = countBits(words)) {
    super();
    this.words = words;
    this.documents = documents;
    this.weight = weight;
    this.cost = count;
  }

  protected override find(target: number, end: number): number {
    const stop = Math.min(end, this.documents);
    const found = nextSetBit(this.words, target, stop);
    return found < stop || stop < this.documents ? found : noMoreDocuments;
  }

  override score(): number {
    return this.weight;
  }
}
