import { DictionaryWriter } from '../dictionary/dictionary-writer.ts';
import { PositionsWriter } from '../positions/positions-writer.ts';
import { PostingsWriter } from '../postings/postings-writer.ts';
import type { TextLengths } from '../postings/postings-writer.ts';
import type { TermList } from '../postings/term-list.ts';

/** The terms of a field as they are stored. */
export interface EncodedTerms {
  /** How many there are. */
  readonly size: number;
  readonly index: Uint32Array;
  readonly entries: Uint8Array;
  readonly postings: Uint32Array;
  /** Empty for a keyword field. */
  readonly positions: Uint8Array;
}

/** Writes the terms of a field with their postings and positions, in byte order of the terms. */
export class TermsWriter {
  private readonly dictionary: DictionaryWriter;
  private readonly postings: PostingsWriter;
  private readonly positions: PositionsWriter | null;
  private size = 0;

  /** @param lengths of the documents of a text field; null for a keyword field */
  constructor(lengths: TextLengths | null) {
    this.dictionary = new DictionaryWriter(lengths !== null);
    this.postings = new PostingsWriter(lengths);
    this.positions = lengths === null ? null : new PositionsWriter();
  }

  /** Adds the term that is `bytes` from `start` up to `end`, with at least one document. */
  add(bytes: Uint8Array, start: number, end: number, list: TermList): void {
    const postingsAt = this.postings.length;
    const positionsAt = this.positions?.length ?? 0;
    if (list.documents > 1) this.postings.add(list);
    this.positions?.add(list);
    this.dictionary.add(bytes, start, end, {
      documents: list.documents,
      docId: list.docIds[0]!,
      frequency: list.frequencies[0]!,
      postingWords: this.postings.length - postingsAt,
      postingsAt,
      positionBytes: (this.positions?.length ?? 0) - positionsAt,
      positionsAt,
    });
    this.size++;
  }

  /** @throws RangeError when postings or positions are more than 32 bits can address */
  finish(): EncodedTerms {
    const positions = this.positions?.view() ?? new Uint8Array(0);
    if (positions.length > 0xffffffff) throw new RangeError(`${positions.length} bytes of positions in one field`);
    return {
      size: this.size,
      index: this.dictionary.index.view(),
      entries: this.dictionary.entries.view(),
      postings: this.postings.view(),
      positions,
    };
  }
}
