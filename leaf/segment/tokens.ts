/** The terms of a field as documents come, and their inversion into posting lists. */
import { GrowingUint32 } from '../columns/growing.ts';
import { TermNumbering } from '../dictionary/term-numbering.ts';
import { TermList } from '../postings/term-list.ts';
import type { TextLengths } from '../postings/postings-writer.ts';
import { TermsWriter } from './terms-writer.ts';
import type { EncodedTerms } from './terms-writer.ts';

export class TokenCollector {
  /** Where each document's tokens begin: one more than there are documents. */
  readonly starts: Uint32Array;
  private readonly numbering = new TermNumbering();
  /** Numbers of the terms of all documents, in document order, repeats included. */
  private readonly numbers = new GrowingUint32();
  /** Parallel to `numbers`; empty where positions are of no use. */
  private readonly positions = new GrowingUint32();
  private document = 0;

  constructor(documents: number) {
    this.starts = new Uint32Array(documents + 1);
  }

  add(term: string): void {
    this.numbers.push(this.numbering.numberOf(term));
  }

  addAt(term: string, position: number): void {
    this.numbers.push(this.numbering.numberOf(term));
    this.positions.push(position);
  }

  endDocument(): void {
    this.starts[++this.document] = this.numbers.length;
  }

  /**
   * Puts the terms in order and inverts the tokens. Cost: three passes over the tokens and 8 bytes each.
   * @param lengths null for a keyword field
   */
  finish(lengths: TextLengths | null): { terms: EncodedTerms; ordinals: Uint32Array } {
    const { terms, ordinalOf } = this.numbering.finish();
    const ordinals = this.numbers.view();
    for (let i = 0; i < ordinals.length; i++) ordinals[i] = ordinalOf[ordinals[i]!]!;
    const inverted = invert(ordinals, this.starts, this.positions.view(), ordinalOf.length);
    const writer = new TermsWriter(lengths);
    const list = new TermList();
    for (let ordinal = 0; ordinal < ordinalOf.length; ordinal++) {
      fillList(list, inverted, ordinal);
      writer.add(terms.bytes, terms.starts[ordinal]!, terms.starts[ordinal + 1]!, list);
    }
    return { terms: writer.finish(), ordinals };
  }
}

interface Inverted {
  /** Where each term's occurrences begin: one more than there are terms. */
  readonly starts: Uint32Array;
  /** Of each occurrence, ascending within a term. */
  readonly docIds: Uint32Array;
  readonly positions: Uint32Array | null;
}

/** Sorts the tokens by term, by counting; within a term they keep their order. */
function invert(ordinals: Uint32Array, documentStarts: Uint32Array, positions: Uint32Array, terms: number): Inverted {
  const starts = new Uint32Array(terms + 1);
  for (let i = 0; i < ordinals.length; i++) starts[ordinals[i]! + 1]!++;
  for (let ordinal = 0; ordinal < terms; ordinal++) starts[ordinal + 1]! += starts[ordinal]!;
  const ends = starts.slice(0, terms);
  const docIds = new Uint32Array(ordinals.length);
  const sorted = positions.length === 0 ? null : new Uint32Array(ordinals.length);
  for (let docId = 0; docId + 1 < documentStarts.length; docId++) {
    const end = documentStarts[docId + 1]!;
    for (let i = documentStarts[docId]!; i < end; i++) {
      const at = ends[ordinals[i]!]!++;
      docIds[at] = docId;
      if (sorted !== null) sorted[at] = positions[i]!;
    }
  }
  return { starts, docIds, positions: sorted };
}

function fillList(list: TermList, { starts, docIds, positions }: Inverted, ordinal: number): void {
  list.clear();
  const end = starts[ordinal + 1]!;
  for (let at = starts[ordinal]!; at < end;) {
    const docId = docIds[at]!;
    const first = at;
    let before = 0;
    for (; at < end && docIds[at] === docId; at++) {
      if (positions === null) continue;
      list.addStep(positions[at]! - before);
      before = positions[at]!;
    }
    list.addDocument(docId, at - first);
  }
}
