import { countBits, nextSetBit } from '../columns/bitset.ts';
import { noMoreDocuments, ResumingIterator, type MarkedRange, type Wanted } from './iterator.ts';

/** Members of a set into a list. See fillWith. */
function setBitsInto(into: Uint32Array, words: Uint32Array, { target, end, countMax }: Wanted): number {
  let count = 0;
  for (let index = target >>> 5; index << 5 < end && count < countMax; index++) {
    const start = index << 5;
    let word = words[index]!;
    if (start < target) word &= -1 << (target & 31);
    for (; word !== 0 && count < countMax; word &= word - 1) {
      const docId = start + 31 - Math.clz32(word & -word);
      if (docId >= end) return count;
      into[count++] = docId;
    }
  }
  return count;
}

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

  fill(into: Uint32Array, { target, end, countMax }: Wanted): number {
    return setBitsInto(into, this.words, { target, end: Math.min(end, this.documents), countMax });
  }

  retain(docIds: Uint32Array, count: number): number {
    const { words } = this;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const docId = docIds[i]!;
      docIds[kept] = docId;
      kept += (words[docId >>> 5]! >>> (docId & 31)) & 1;
    }
    return kept;
  }

  mark(into: Uint32Array, { base, target, end }: MarkedRange): void {
    const { words } = this;
    const stop = Math.min(end, this.documents);
    for (let index = target >>> 5; index << 5 < stop; index++) {
      const start = index << 5;
      let word = words[index]!;
      if (start < target) word &= -1 << (target & 31);
      if (stop - start < 32) word &= (1 << (stop & 31)) - 1;
      into[index - (base >>> 5)]! |= word;
    }
  }

  override score(): number {
    return this.weight;
  }
}
