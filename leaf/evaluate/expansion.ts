import type { DocumentSet } from './document-set.ts';
import type { NearDocuments } from './near-documents.ts';

/** The only term that a clause stands for, by ordinal: its postings are as good as a set. */
export interface SingleTerm {
  readonly kind: 'term';
  readonly ordinal: number;
}

/** What a clause was expanded to, in one segment. */
export type Expansion = DocumentSet | SingleTerm | NearDocuments;

export function isSet(expansion: Expansion): expansion is DocumentSet {
  return expansion.kind === 'bits' || expansion.kind === 'docIds';
}
