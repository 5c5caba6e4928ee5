import { makeBitset, nextSetBit, setBit } from '../columns/bitset.ts';
import type { TermOrdinals } from './term-ordinals.ts';

/** As many are kept one by one. */
const fewMax = 1024;

/** Ordinals of terms from `start` up to `end`: a few one by one, many in an eighth of a byte for each that there could be. */
export class OrdinalSet implements TermOrdinals {
  size = 0;
  private readonly start: number;
  private readonly length: number;
  private readonly few: number[] = [];
  private words: Uint32Array | null = null;

  constructor(start: number, end: number) {
    this.start = start;
    this.length = Math.max(0, end - start);
  }

  /** Whether it takes little memory. */
  get isSmall(): boolean {
    return this.words === null;
  }

  /** @param ordinal above all that were added before */
  add(ordinal: number): void {
    this.size++;
    if (this.few.length < fewMax) {
      this.few.push(ordinal);
      return;
    }
    this.words ??= makeBitset(this.length);
    setBit(this.words, ordinal - this.start);
  }

  next(from: number): number {
    const { few, words, start, length } = this;
    if (few.length > 0 && from <= few[few.length - 1]!) return few[firstAtLeast(few, from)]!;
    if (words === null || from >= start + length) return -1;
    const at = nextSetBit(words, Math.max(0, from - start), length);
    return at < length ? start + at : -1;
  }

  /** Ascending. */
  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let ordinal = this.next(0); ordinal >= 0; ordinal = this.next(ordinal + 1)) yield ordinal;
  }
}

function firstAtLeast(ascending: readonly number[], wanted: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
