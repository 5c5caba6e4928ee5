import type { FuzzyClause } from '../../shared/query/clauses/fuzzy.ts';
import { nearName } from '../../shared/query/near-name.ts';
import { defaultBm25 } from '../../shared/ranking/bm25-parameters.ts';
import { lengthNorms, termWeight } from '../score/scoring.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { TextField } from '../segment/layouts/text-layout.ts';
import { BitsetIterator } from './bitset-iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import type { NearDocuments } from './near-documents.ts';
import { SortedDocuments } from './sorted-documents.ts';

/** What the score of a misspelt word depends on besides the document. */
export interface NearScoring {
  readonly weight: number;
  readonly norms: Float64Array;
  /** Null in a keyword field, where a document counts as one of average length. */
  readonly lengthCodes: Uint8Array | null;
}

export function nearScoring(field: TextField | KeywordField, query: FuzzyClause, scoring: ScoringContext): NearScoring {
  return {
    weight: termWeight(scoring, query.field, nearName(query)),
    norms: lengthNorms(scoring, query.field),
    lengthCodes: field.kind === 'text' ? field.lengthCodes : null,
  };
}

/** Walks the documents of a misspelt word, scored by BM25 as if all it may be meant for were one term. */
export class NearIterator implements DocumentIterator {
  readonly cost: number;
  private readonly documents: BitsetIterator | SortedDocuments;
  private readonly quarters: Uint8Array;
  private readonly scoring: NearScoring;

  constructor({ set, quarters }: NearDocuments, { documents }: Segment, scoring: NearScoring) {
    this.documents =
      set.kind === 'bits' ? new BitsetIterator(set.words, documents, 0, set.count) : new SortedDocuments(set.docIds, 0);
    this.cost = this.documents.cost;
    this.quarters = quarters;
    this.scoring = scoring;
  }

  get docId(): number {
    return this.documents.docId;
  }

  advance(target: number, end: number): number {
    return this.documents.advance(target, end);
  }

  /** Of the current document: occurrences, those further away counting less. */
  get frequency(): number {
    const { documents, quarters } = this;
    return quarters[documents instanceof SortedDocuments ? documents.place : documents.docId]! / 4;
  }

  /** What is added to the frequency for the length of the current document. */
  get norm(): number {
    const { lengthCodes, norms } = this.scoring;
    return lengthCodes === null ? defaultBm25.k1 : norms[lengthCodes[this.docId]!]!;
  }

  score(): number {
    const { frequency } = this;
    return (this.scoring.weight * frequency) / (frequency + this.norm);
  }
}
