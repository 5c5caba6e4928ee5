import type { PostingBlocks } from '../postings/posting-blocks.ts';
import { PostingIterator } from './posting-iterator.ts';

/** What BM25 takes besides the frequency. */
export interface TermScoring {
  /** By docId. */
  readonly lengthCodes: Uint8Array;
  /** By length code: see bm25Norm. */
  readonly norms: Float64Array;
  /** Inverse document frequency of the term. */
  readonly weight: number;
}

/** The posting list of a term of a text field, scored by BM25. */
export class TextTermIterator extends PostingIterator {
  private readonly scoring: TermScoring;

  constructor(list: PostingBlocks, scoring: TermScoring) {
    super(list, 0);
    this.scoring = scoring;
  }

  /** Occurrences of the term in the current document. */
  get frequency(): number {
    return this.list.frequencies()[this.at]!;
  }

  override score(): number {
    const { lengthCodes, norms, weight } = this.scoring;
    const frequency = this.list.frequencies()[this.at]!;
    return (weight * frequency) / (frequency + norms[lengthCodes[this.docId]!]!);
  }
}
