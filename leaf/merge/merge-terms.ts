/** Merging what is kept by term: dictionaries are merged in order, posting lists are put end to end. */
import { GrowingUint32 } from '../columns/growing.ts';
import { compareSlices } from '../dictionary/dictionary.ts';
import type { DictionaryContents } from '../dictionary/dictionary.ts';
import type { Postings } from '../postings/postings.ts';
import { dropped } from './document-order.ts';
import type { DocumentOrder } from './document-order.ts';

/** A field's terms in one input. */
export interface TermInput {
  readonly dictionary: DictionaryContents;
  readonly postings: Postings;
}

export interface MergedTerms {
  readonly dictionary: DictionaryContents;
  readonly postings: Postings;
  /** By input: new ordinal by old one, `dropped` where no live document holds the term. */
  readonly ordinalMaps: Uint32Array[];
}

/** @param inputs parallel to those of `order`; null for one without the field */
export function mergeTerms(order: DocumentOrder, inputs: readonly (TermInput | null)[]): MergedTerms {
  const counts = inputs.map((input, i) => (input === null ? none : countLive(input.postings, order.maps[i]!)));
  const { dictionary, ordinalMaps, starts } = mergeDictionaries(inputs, counts);
  const postings: Postings = {
    starts,
    docIds: new Uint32Array(starts.at(-1)!),
    frequencies: new Uint32Array(starts.at(-1)!),
  };
  const ends = starts.slice(0, -1);
  inputs.forEach((input, i) => {
    if (input !== null) appendPostings(postings, ends, input.postings, ordinalMaps[i]!, order.maps[i]!);
  });
  if (!order.sequential) sortLists(postings);
  return { dictionary, postings, ordinalMaps };
}

const none = new Uint32Array(0);

/** Live documents of each term. */
function countLive(postings: Postings, docIdMap: Uint32Array): Uint32Array {
  const { starts, docIds } = postings;
  const counts = new Uint32Array(starts.length - 1);
  for (let ordinal = 0; ordinal < counts.length; ordinal++) {
    const end = starts[ordinal + 1]!;
    let count = 0;
    for (let i = starts[ordinal]!; i < end; i++) if (docIdMap[docIds[i]!] !== dropped) count++;
    counts[ordinal] = count;
  }
  return counts;
}

/** One pass over all dictionaries at once, leaving out terms that no live document holds. */
function mergeDictionaries(
  inputs: readonly (TermInput | null)[],
  counts: readonly Uint32Array[],
): { dictionary: DictionaryContents; ordinalMaps: Uint32Array[]; starts: Uint32Array } {
  const cursors = inputs.map((input, i) => new TermCursor(input, counts[i]!));
  const pieces: Uint8Array[] = [];
  const termStarts = new GrowingUint32();
  const postingStarts = new GrowingUint32();
  let termEnd = 0;
  let postingEnd = 0;
  for (let least = leastTerm(cursors); least !== null; least = leastTerm(cursors)) {
    const ordinal = termStarts.length;
    termStarts.push(termEnd);
    postingStarts.push(postingEnd);
    pieces.push(least);
    termEnd += least.length;
    for (const cursor of cursors) postingEnd += cursor.takeIf(least, ordinal);
  }
  termStarts.push(termEnd);
  postingStarts.push(postingEnd);
  const dictionary = { starts: termStarts.view(), bytes: Buffer.concat(pieces, termEnd) };
  return { dictionary, ordinalMaps: cursors.map((cursor) => cursor.ordinalMap), starts: postingStarts.view() };
}

/** Walks the terms of one input that some live document holds. */
class TermCursor {
  /** Bytes of the current term, null after the last. */
  term: Uint8Array | null = null;
  readonly ordinalMap: Uint32Array;
  private readonly dictionary: DictionaryContents | null;
  private readonly counts: Uint32Array;
  private ordinal = -1;

  /** @param counts live documents of each term */
  constructor(input: TermInput | null, counts: Uint32Array) {
    this.dictionary = input?.dictionary ?? null;
    this.counts = counts;
    this.ordinalMap = new Uint32Array(counts.length).fill(dropped);
    this.advance();
  }

  /** If this is the current term, gives it its new ordinal and goes on. Returns its live documents, else 0. */
  takeIf(term: Uint8Array, newOrdinal: number): number {
    const own = this.term;
    if (own === null || compareSlices(own, 0, own.length, term, 0, term.length) !== 0) return 0;
    const count = this.counts[this.ordinal]!;
    this.ordinalMap[this.ordinal] = newOrdinal;
    this.advance();
    return count;
  }

  private advance(): void {
    this.ordinal++;
    while (this.ordinal < this.counts.length && this.counts[this.ordinal] === 0) this.ordinal++;
    const { dictionary, ordinal } = this;
    this.term =
      dictionary === null || ordinal >= this.counts.length
        ? null
        : dictionary.bytes.subarray(dictionary.starts[ordinal], dictionary.starts[ordinal + 1]);
  }
}

function leastTerm(cursors: readonly TermCursor[]): Uint8Array | null {
  let least: Uint8Array | null = null;
  for (const { term } of cursors) {
    if (term === null) continue;
    if (least === null || compareSlices(term, 0, term.length, least, 0, least.length) < 0) least = term;
  }
  return least;
}

/** @param ends by new ordinal: where its next posting goes */
function appendPostings(
  into: Postings,
  ends: Uint32Array,
  from: Postings,
  ordinalMap: Uint32Array,
  docIdMap: Uint32Array,
): void {
  for (let old = 0; old < ordinalMap.length; old++) {
    const ordinal = ordinalMap[old]!;
    if (ordinal === dropped) continue;
    let to = ends[ordinal]!;
    const end = from.starts[old + 1]!;
    for (let i = from.starts[old]!; i < end; i++) {
      const docId = docIdMap[from.docIds[i]!]!;
      if (docId === dropped) continue;
      into.docIds[to] = docId;
      into.frequencies[to++] = from.frequencies[i]!;
    }
    ends[ordinal] = to;
  }
}

/** Puts each list in order of docIds. Only needed where the inputs' offsets interleave. */
function sortLists(postings: Postings): void {
  const { starts, docIds, frequencies } = postings;
  for (let ordinal = 0; ordinal + 1 < starts.length; ordinal++) {
    const start = starts[ordinal]!;
    const list = Array.from(docIds.subarray(start, starts[ordinal + 1]), (docId, i) => ({
      docId,
      frequency: frequencies[start + i]!,
    }));
    list.sort((a, b) => a.docId - b.docId);
    list.forEach(({ docId, frequency }, i) => {
      docIds[start + i] = docId;
      frequencies[start + i] = frequency;
    });
  }
}
