import { countBits, nextSetBit } from '../columns/bitset.ts';
import { noMoreDocuments } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';

/** Walks a set of documents. All matches score the same. */
export class BitsetIterator implements DocumentIterator {
  docId = -1;
  readonly cost: number;
  private readonly words: Uint32Array;
  private readonly documents: number;
  private readonly weight: number;

  constructor(words: Uint32Array, documents: number, weight: number) {
    this.words = words;
    this.documents = documents;
    this.weight = weight;
    this.cost = countBits(words);
  }

  advance(target: number, end: number): number {
    const stop = Math.min(end, this.documents);
    const found = nextSetBit(this.words, target, stop);
    return (this.docId = found < stop ? found : stop < this.documents ? stop : noMoreDocuments);
  }

  score(): number {
    return this.weight;
  }
}
