import type { Steps } from '../schedule/steps.ts';
import type { Dictionary } from './dictionary.ts';

export interface CountedTerms {
  /** By ordinal: documents of the segment that have the term, deleted ones included. */
  readonly documents: Uint32Array;
  readonly sizeBytes: number;
}

/** Terms read between two yields, and what one takes in documents that are looked at. */
const termsPerStep = 256;
const workPerTerm = 4;

/** In how many documents each term of a dictionary is. @returns null where that would be more bytes than `bytesMax` */
export function* countTerms(dictionary: Dictionary, bytesMax: number): Steps<CountedTerms | null> {
  const sizeBytes = 4 * dictionary.size;
  if (sizeBytes > bytesMax) return null;
  const documents = new Uint32Array(dictionary.size);
  const cursor = dictionary.cursorAtStart();
  for (let i = 0; cursor.next(); i++) {
    documents[i] = cursor.documents;
    if ((i + 1) % termsPerStep === 0) yield termsPerStep * workPerTerm;
  }
  return { documents, sizeBytes };
}
