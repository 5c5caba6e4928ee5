/**
 * Postings: given a term, its documents. The lists of all terms lie end to end in the order of the dictionary; that of
 * ordinal `t` is `starts[t]` up to `starts[t + 1]`, docIds ascending.
 */
export interface Postings {
  /** One more than there are terms. */
  readonly starts: Uint32Array;
  readonly docIds: Uint32Array;
  /** Occurrences of the term in the field of the document, at least 1; parallel to `docIds`. */
  readonly frequencies: Uint32Array;
}

export interface Tokens {
  /** Ordinals of the terms of all documents, in document order, repeats included. */
  readonly ordinals: Uint32Array;
  /** Where each document's tokens begin: one more than there are documents. */
  readonly starts: Uint32Array;
}

/** Inverts tokens into postings. Cost: two passes over the tokens, and 8 bytes a term beside the result. */
export function invertTokens(tokens: Tokens, terms: number): Postings {
  const starts = countDocuments(tokens, terms);
  const docIds = new Uint32Array(starts[terms]!);
  const frequencies = new Uint32Array(docIds.length);
  const { ordinals, starts: tokenStarts } = tokens;
  // The place after the last posting written of each term.
  const ends = starts.slice(0, terms);
  for (let docId = 0; docId + 1 < tokenStarts.length; docId++) {
    const end = tokenStarts[docId + 1]!;
    for (let i = tokenStarts[docId]!; i < end; i++) {
      const ordinal = ordinals[i]!;
      const at = ends[ordinal]!;
      if (at > starts[ordinal]! && docIds[at - 1] === docId) frequencies[at - 1]!++;
      else {
        docIds[at] = docId;
        frequencies[at] = 1;
        ends[ordinal] = at + 1;
      }
    }
  }
  return { starts, docIds, frequencies };
}

/** Where each term's postings begin. */
function countDocuments(tokens: Tokens, terms: number): Uint32Array {
  const { ordinals, starts: tokenStarts } = tokens;
  const starts = new Uint32Array(terms + 1);
  const lastDocument = new Int32Array(terms).fill(-1);
  for (let docId = 0; docId + 1 < tokenStarts.length; docId++) {
    const end = tokenStarts[docId + 1]!;
    for (let i = tokenStarts[docId]!; i < end; i++) {
      const ordinal = ordinals[i]!;
      if (lastDocument[ordinal] === docId) continue;
      lastDocument[ordinal] = docId;
      starts[ordinal + 1]!++;
    }
  }
  for (let ordinal = 0; ordinal < terms; ordinal++) starts[ordinal + 1]! += starts[ordinal]!;
  return starts;
}
