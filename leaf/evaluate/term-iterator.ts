import { bm25 } from '../../shared/ranking/bm25.ts';
import { SortedDocuments } from './sorted-documents.ts';

export interface TermScoring {
  /** Occurrences, parallel to the docIds. */
  readonly frequencies: Uint32Array;
  /** Terms in the field, by docId. */
  readonly lengths: Uint32Array;
  /** Inverse document frequency of the term. */
  readonly weight: number;
  readonly averageLength: number;
}

/** The posting list of a term of a text field, scored by BM25. */
export class TextTermIterator extends SortedDocuments {
  private readonly frequencies: Uint32Array;
  private readonly lengths: Uint32Array;
  private readonly inverseFrequency: number;
  private readonly averageLength: number;

  constructor(docIds: Uint32Array, scoring: TermScoring) {
    super(docIds, 0);
    this.frequencies = scoring.frequencies;
    this.lengths = scoring.lengths;
    this.inverseFrequency = scoring.weight;
    this.averageLength = scoring.averageLength;
  }

  override score(): number {
    return bm25(this.inverseFrequency, this.frequencies[this.at]!, this.lengths[this.docId]!, this.averageLength);
  }
}
