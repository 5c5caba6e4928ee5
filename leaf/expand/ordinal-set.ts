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

  /** Ascending. */
  *[Symbol.iterator](): Generator<number, void, undefined> {
    yield* this.few;
    const { words, length } = this;
    if (words === null) return;
    for (let at = nextSetBit(words, 0, length); at < length; at = nextSetBit(words, at + 1, length)) {
      yield this.start + at;
    }
  }
}
