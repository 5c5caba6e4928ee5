import { indexWords, termsPerBlock } from './dictionary-writer.ts';
import type { TermPlace } from './dictionary-writer.ts';
import { TermCursor } from './term-cursor.ts';
import type { DictionaryContents } from './term-cursor.ts';

/** Look-ups that a dictionary remembers; then it forgets all. */
const locatedMax = 256;

/**
 * The terms of a field, sorted by their UTF-8 bytes (which is code point order, see ranking/order.ts). A term's
 * place in that order is its ordinal. Terms are kept in blocks of 16, each but the first as what it adds to the one
 * before; an index says where blocks begin.
 */
export class Dictionary {
  /** How many terms there are. */
  readonly size: number;
  private readonly contents: DictionaryContents;
  /** Serves all look-ups: none outlasts a call. */
  private readonly cursor: TermCursor;
  /** The first four bytes of each block's first term: see headOf. Made at the first look-up, 4 bytes for 16 terms. */
  private heads: Uint32Array | null = null;
  /** Look-ups of late. */
  private readonly located = new Map<string, TermPlace | null>();

  constructor(contents: DictionaryContents) {
    this.size = contents.size;
    this.contents = contents;
    this.cursor = new TermCursor(contents);
  }

  /** A cursor before the first term. */
  cursorAtStart(): TermCursor {
    return new TermCursor(this.contents);
  }

  /** A cursor of its own on a term, 0 to size − 1. */
  cursorAt(ordinal: number): TermCursor {
    const cursor = new TermCursor(this.contents);
    cursor.seek(ordinal);
    return cursor;
  }

  /** The term of an ordinal, 0 to size − 1. Cost: up to 16 terms are read. */
  termAt(ordinal: number): string {
    this.cursor.seek(ordinal);
    return this.cursor.text();
  }

  /** The ordinal of a term, −1 if it is not there. Cost: a comparison for each doubling of the blocks, and a block. */
  find(term: string): number {
    if (!term.isWellFormed()) return -1;
    const wanted = Buffer.from(term);
    const ordinal = this.lowerBoundOfBytes(wanted);
    return ordinal < this.size && this.cursor.compare(wanted) === 0 ? ordinal : -1;
  }

  /** Where the postings of a term are, or null. A search looks its terms up twice, to count and to find. */
  locate(term: string): TermPlace | null {
    let place = this.located.get(term);
    if (place === undefined) {
      place = this.find(term) < 0 ? null : placeOf(this.cursor);
      if (this.located.size >= locatedMax) this.located.clear();
      this.located.set(term, place);
    }
    return place;
  }

  /** The least ordinal whose term is at or after a well-formed bound in code point order; `size` if there is none. */
  lowerBound(bound: string): number {
    return this.lowerBoundOfBytes(Buffer.from(bound));
  }

  /** The least ordinal whose term is after the bound. */
  upperBound(bound: string): number {
    const wanted = Buffer.from(bound);
    const ordinal = this.lowerBoundOfBytes(wanted);
    return ordinal < this.size && this.cursor.compare(wanted) === 0 ? ordinal + 1 : ordinal;
  }

  /** The ordinals whose terms begin so: from `start` up to but not including `end`. No term begins with half a pair. */
  prefixRange(prefix: string): { start: number; end: number } {
    if (!prefix.isWellFormed()) return { start: 0, end: 0 };
    const wanted = Buffer.from(prefix);
    return { start: this.lowerBoundOfBytes(wanted), end: this.lowerBoundOfBytes(afterPrefix(wanted)) };
  }

  /** Leaves the cursor on the term found, if any. */
  private lowerBoundOfBytes(wanted: Uint8Array | null): number {
    const { cursor, size } = this;
    if (wanted === null || size === 0) return size;
    cursor.seekBlock(this.blockOf(wanted));
    while (cursor.next()) if (cursor.compare(wanted) >= 0) return cursor.ordinal;
    return size;
  }

  /** The last block whose first term is before what is wanted, or the first block. */
  private blockOf(wanted: Uint8Array): number {
    const heads = (this.heads ??= this.readHeads());
    const head = headOf(wanted, 0, wanted.length);
    let low = 0;
    let high = heads.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      const other = heads[middle]!;
      // Heads lie side by side, the terms all over the entries: most comparisons need not go there.
      if (other < head || (other === head && this.compareFirst(middle, wanted) < 0)) low = middle;
      else high = middle;
    }
    return low;
  }

  private readHeads(): Uint32Array {
    const { entries } = this.contents;
    const heads = new Uint32Array(Math.ceil(this.size / termsPerBlock));
    for (let block = 0; block < heads.length; block++) {
      const { start, end } = this.firstOf(block);
      heads[block] = headOf(entries, start, end);
    }
    return heads;
  }

  /** Byte order of the first term of a block and another. */
  private compareFirst(block: number, wanted: Uint8Array): number {
    const { start, end } = this.firstOf(block);
    return compareSlices(this.contents.entries, start, end, wanted, 0, wanted.length);
  }

  /** Where the first term of a block stands in the entries. */
  private firstOf(block: number): { start: number; end: number } {
    const { entries, index } = this.contents;
    // It shares 0 bytes with the one before, which is one byte; then comes its length.
    let at = index[block * indexWords]! + 1;
    let length = entries[at]! & 0x7f;
    for (let shift = 7; entries[at++]! >= 0x80; shift += 7) length |= (entries[at]! & 0x7f) << shift;
    return { start: at, end: at + length };
  }
}

/** The first four bytes as one number, which orders as they do; missing ones as 0, which stands before any other. */
function headOf(bytes: Uint8Array, start: number, end: number): number {
  let head = 0;
  for (let i = 0; i < 4; i++) head = head * 256 + (start + i < end ? bytes[start + i]! : 0);
  return head;
}

function placeOf(cursor: TermCursor): TermPlace {
  const { documents, docId, frequency, postingWords, postingsAt, positionBytes, positionsAt } = cursor;
  return { documents, docId, frequency, postingWords, postingsAt, positionBytes, positionsAt };
}

/** The least bytes after all that begin so, or null if there are none. */
function afterPrefix(prefix: Uint8Array): Uint8Array | null {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return null;
  const after = new Uint8Array(prefix.subarray(0, length));
  after[length - 1]!++;
  return after;
}

/** Byte order of two slices. */
export function compareSlices(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i++) {
    const order = a[aStart + i]! - b[bStart + i]!;
    if (order !== 0) return order;
  }
  return aEnd - aStart - (bEnd - bStart);
}
