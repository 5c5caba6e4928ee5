/**
 * The terms of a field, sorted by their UTF-8 bytes (which is code point order, see ranking/order.ts). A term's
 * place in that order is its ordinal.
 */
export interface DictionaryContents {
  /** Where each term begins in `bytes`, and in the end where the last one ends: one more than there are terms. */
  readonly starts: Uint32Array;
  /** The terms as UTF-8, end to end. */
  readonly bytes: Uint8Array;
}

export class Dictionary implements DictionaryContents {
  readonly starts: Uint32Array;
  readonly bytes: Uint8Array;
  /** How many terms there are. */
  readonly size: number;
  private readonly text: Buffer;

  constructor(contents: DictionaryContents) {
    this.starts = contents.starts;
    this.bytes = contents.bytes;
    this.size = contents.starts.length - 1;
    this.text = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  /** The term of an ordinal, 0 to size − 1. */
  termAt(ordinal: number): string {
    return this.text.toString('utf8', this.starts[ordinal], this.starts[ordinal + 1]);
  }

  /** The ordinal of a term, −1 if it is not there. Cost: one comparison for each doubling of the size. */
  find(term: string): number {
    if (!term.isWellFormed()) return -1;
    const wanted = Buffer.from(term);
    const ordinal = this.lowerBoundOfBytes(wanted);
    return ordinal < this.size && this.compareAt(ordinal, wanted) === 0 ? ordinal : -1;
  }

  /** The least ordinal whose term is at or after a well-formed bound in code point order; `size` if there is none. */
  lowerBound(bound: string): number {
    return this.lowerBoundOfBytes(Buffer.from(bound));
  }

  /** The least ordinal whose term is after the bound. */
  upperBound(bound: string): number {
    const wanted = Buffer.from(bound);
    const ordinal = this.lowerBoundOfBytes(wanted);
    return ordinal < this.size && this.compareAt(ordinal, wanted) === 0 ? ordinal + 1 : ordinal;
  }

  /** The ordinals whose terms begin so: from `start` up to but not including `end`. No term begins with half a pair. */
  prefixRange(prefix: string): { start: number; end: number } {
    const wanted = Buffer.from(prefix);
    if (!prefix.isWellFormed()) return { start: 0, end: 0 };
    const start = this.lowerBoundOfBytes(wanted);
    let low = start;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.beginsWith(middle, wanted)) low = middle + 1;
      else high = middle;
    }
    return { start, end: low };
  }

  private lowerBoundOfBytes(wanted: Uint8Array): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compareAt(middle, wanted) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private compareAt(ordinal: number, wanted: Uint8Array): number {
    return compareSlices(this.bytes, this.starts[ordinal]!, this.starts[ordinal + 1]!, wanted, 0, wanted.length);
  }

  private beginsWith(ordinal: number, prefix: Uint8Array): boolean {
    const start = this.starts[ordinal]!;
    if (this.starts[ordinal + 1]! - start < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) if (this.bytes[start + i] !== prefix[i]) return false;
    return true;
  }
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
