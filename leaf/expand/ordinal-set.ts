import { makeBitset, nextSetBit, setBit } from '../columns/bitset.ts';

/** Ordinals of terms from `start` up to `end`: an eighth of a byte each, however many are in it. */
export class OrdinalSet {
  private readonly start: number;
  private readonly length: number;
  private readonly words: Uint32Array;
  private size = 0;

  constructor(start: number, end: number) {
    this.start = start;
    this.length = Math.max(0, end - start);
    this.words = makeBitset(this.length);
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** @param ordinal one that was not added before */
  add(ordinal: number): void {
    setBit(this.words, ordinal - this.start);
    this.size++;
  }

  /** Ascending. */
  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let at = nextSetBit(this.words, 0, this.length); at < this.length;) {
      yield this.start + at;
      at = nextSetBit(this.words, at + 1, this.length);
    }
  }
}
