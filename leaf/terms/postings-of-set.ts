import type { RoaringBitmap32 } from '../../shared/document-sets/roaring.ts';
import type { PostingColumns } from './posting-list.ts';

export interface SetPostings {
  /** Little-endian, of `frequencyBytes` each, in the order of the set's documents. */
  readonly frequencies: Uint8Array;
  readonly frequencyBytes: 1 | 4;
  readonly lengthCodes: Uint8Array;
}

/**
 * Frequencies and length codes of a term in the documents of a set.
 *
 * Cost: the set and the term's postings, whichever the set leaves out.
 * @param columns of a text's term, in the order of the log
 * @param set of documents that all hold the term
 */
export function postingsOfSet(columns: readonly PostingColumns[], set: RoaringBitmap32): SetPostings {
  const documents = set.toUint32Array();
  const frequencies = new Uint32Array(documents.length);
  const lengthCodes = new Uint8Array(documents.length);
  let at = 0;
  let most = 0;
  for (const part of columns) {
    const { ordinals } = part;
    for (let i = 0; i < ordinals.length && at < documents.length; i++) {
      if (ordinals[i] !== documents[at]) continue;
      const frequency = part.frequencies?.[i] ?? 1;
      frequencies[at] = frequency;
      lengthCodes[at] = part.lengthCodes?.[i] ?? 0;
      most = Math.max(most, frequency);
      at++;
    }
  }
  if (at !== documents.length) throw new Error(`${documents.length} documents, ${at} of them hold the term`);
  if (most <= 0xff) return { frequencies: Uint8Array.from(frequencies), frequencyBytes: 1, lengthCodes };
  return { frequencies: new Uint8Array(frequencies.buffer), frequencyBytes: 4, lengthCodes };
}
