/** Merging what is kept by term: dictionaries are merged in order, posting lists put end to end and packed anew. */
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { TermCursor } from '../dictionary/term-cursor.ts';
import { PositionReader } from '../positions/position-reader.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import type { Postings } from '../postings/posting-blocks.ts';
import type { TextLengths } from '../postings/postings-writer.ts';
import { TermList } from '../postings/term-list.ts';
import { TermsWriter } from '../segment/terms-writer.ts';
import type { EncodedTerms } from '../segment/terms-writer.ts';
import { dropped } from './document-order.ts';
import type { DocumentOrder } from './document-order.ts';

/** A field's terms in one input. */
export interface TermInput {
  readonly dictionary: Dictionary;
  readonly postings: Postings;
  /** Null for a keyword field. */
  readonly positions: Uint8Array | null;
}

export interface MergedTerms {
  readonly terms: EncodedTerms;
  /** By input: new ordinal by old one, `dropped` where no live document holds the term. */
  readonly ordinalMaps: Uint32Array[];
}

/**
 * One pass over all dictionaries at once, leaving out terms that no live document holds.
 * @param inputs parallel to those of `order`; null for one without the field
 * @param lengths of the merged documents for a text field, null for a keyword field
 */
export function mergeTerms(
  order: DocumentOrder,
  inputs: readonly (TermInput | null)[],
  lengths: TextLengths | null,
): MergedTerms {
  const cursors = inputs.map((input) => firstTerm(input));
  const ordinalMaps = inputs.map((input) => new Uint32Array(input?.dictionary.size ?? 0).fill(dropped));
  const writer = new TermsWriter(lengths);
  const list = new TermList();
  let ordinal = 0;
  for (let least = leastTerm(cursors); least !== null; least = leastTerm(cursors)) {
    const bytes = new Uint8Array(least.bytes.subarray(0, least.length));
    list.clear();
    cursors.forEach((cursor, i) => {
      if (cursor === null || cursor.compare(bytes) !== 0) return;
      const before = list.documents;
      appendPostings(list, inputs[i]!, cursor, order.maps[i]!);
      if (list.documents > before) ordinalMaps[i]![cursor.ordinal] = ordinal;
      if (!cursor.next()) cursors[i] = null;
    });
    if (list.documents === 0) continue;
    if (!order.sequential) list.sort();
    writer.add(bytes, 0, bytes.length, list);
    ordinal++;
  }
  return { terms: writer.finish(), ordinalMaps };
}

/** A cursor on the first term, null where there is none. */
function firstTerm(input: TermInput | null): TermCursor | null {
  const cursor = input?.dictionary.cursorAtStart();
  return cursor?.next() === true ? cursor : null;
}

function leastTerm(cursors: readonly (TermCursor | null)[]): TermCursor | null {
  let least: TermCursor | null = null;
  for (const cursor of cursors) {
    if (cursor === null) continue;
    if (least === null || cursor.compare(least.bytes.subarray(0, least.length)) < 0) least = cursor;
  }
  return least;
}

function appendPostings(list: TermList, input: TermInput, place: TermCursor, docIdMap: Uint32Array): void {
  const postings = new PostingBlocks(input.postings, place);
  const positions = input.positions === null ? null : new PositionReader(input.positions, place, postings);
  for (let block = 0; block < postings.blocks; block++) {
    postings.load(block);
    const frequencies = postings.frequencies();
    for (let i = 0; i < postings.count; i++) {
      const docId = docIdMap[postings.docIds[i]!]!;
      if (docId === dropped) continue;
      list.addDocument(docId, frequencies[i]!);
      if (positions !== null) appendSteps(list, positions, i);
    }
  }
}

function appendSteps(list: TermList, reader: PositionReader, index: number): void {
  reader.read(index);
  let before = 0;
  for (let i = 0; i < reader.count; i++) {
    const position = reader.positions[i]!;
    list.addStep(position - before);
    before = position;
  }
}
