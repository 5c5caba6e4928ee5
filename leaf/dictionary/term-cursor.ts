import { indexWords, termsPerBlock } from './dictionary-writer.ts';
import type { TermPlace } from './dictionary-writer.ts';

export interface DictionaryContents {
  /** How many terms there are. */
  readonly size: number;
  /** For each block of terms where its entries, its postings and its positions begin. */
  readonly index: Uint32Array;
  readonly entries: Uint8Array;
  /** Whether the terms are those of a text, which have frequencies and positions. */
  readonly withFrequencies: boolean;
}

/** Stands on one term after another. What it says holds until it moves. */
export class TermCursor implements TermPlace {
  /** −1 before the first term, the number of terms after the last. */
  ordinal = -1;
  /** The term is the first `length` of these bytes. */
  bytes: Uint8Array = new Uint8Array(256);
  length = 0;
  documents = 0;
  docId = 0;
  frequency = 0;
  postingWords = 0;
  postingsAt = 0;
  positionBytes = 0;
  positionsAt = 0;
  private readonly contents: DictionaryContents;
  /** Where the next entry is. */
  private at = 0;
  /** Whether the term was read whose ordinal it has. */
  private isRead = false;

  constructor(contents: DictionaryContents) {
    this.contents = contents;
  }

  /** Goes before the first term of a block. */
  seekBlock(block: number): void {
    this.ordinal = block * termsPerBlock - 1;
    this.isRead = false;
  }

  /** Goes to a term, 0 to size − 1. Cost: the terms before it in its block, or from where it stands if that is among them. */
  seek(ordinal: number): void {
    const block = Math.floor(ordinal / termsPerBlock);
    const standsBefore = this.isRead && this.ordinal <= ordinal && this.ordinal >= block * termsPerBlock;
    if (!standsBefore) this.seekBlock(block);
    while (this.ordinal < ordinal) this.next();
  }

  /** Goes to the next term, if there is one. */
  next(): boolean {
    if (this.ordinal + 1 >= this.contents.size) {
      this.ordinal = this.contents.size;
      this.isRead = false;
      return false;
    }
    if (++this.ordinal % termsPerBlock === 0) this.enterBlock(this.ordinal / termsPerBlock);
    else {
      this.postingsAt += this.postingWords;
      this.positionsAt += this.positionBytes;
    }
    this.readTerm();
    this.readPlace();
    this.isRead = true;
    return true;
  }

  /** Byte order of the term and another. */
  compare(wanted: Uint8Array): number {
    const { bytes, length } = this;
    const common = Math.min(length, wanted.length);
    for (let i = 0; i < common; i++) {
      const order = bytes[i]! - wanted[i]!;
      if (order !== 0) return order;
    }
    return length - wanted.length;
  }

  text(): string {
    const { bytes } = this;
    return Buffer.from(bytes.buffer, bytes.byteOffset, this.length).toString();
  }

  private enterBlock(block: number): void {
    const { index } = this.contents;
    this.at = index[block * indexWords]!;
    this.postingsAt = index[block * indexWords + 1]!;
    this.positionsAt = index[block * indexWords + 2]!;
  }

  private readTerm(): void {
    const { entries } = this.contents;
    const shared = this.varint();
    const suffix = this.varint();
    const length = shared + suffix;
    if (length > this.bytes.length) this.grow(length);
    const { bytes } = this;
    for (let i = 0; i < suffix; i++) bytes[shared + i] = entries[this.at + i]!;
    this.at += suffix;
    this.length = length;
  }

  private readPlace(): void {
    const { withFrequencies } = this.contents;
    this.documents = this.varint();
    if (this.documents === 1) {
      this.postingWords = 0;
      this.docId = this.varint();
      this.frequency = withFrequencies ? this.varint() : 1;
    } else this.postingWords = this.varint();
    this.positionBytes = withFrequencies ? this.varint() : 0;
  }

  private varint(): number {
    const { entries } = this.contents;
    let byte = entries[this.at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; ; shift += 7) {
      byte = entries[this.at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  private grow(length: number): void {
    const grown = new Uint8Array(length * 2);
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
