import type { Steps } from '../schedule/steps.ts';

/** Documents of a block: a power of two. */
export const valueBlockSize = 512;

/** Values measured for what looking at a document costs. */
const valuesPerDocument = 16;

/** What is written of a block whose bounds were not asked for yet. */
const unknown = Number.NaN;

/** The values of each document: see columns.ts. */
interface Rows {
  readonly starts: Uint32Array;
  readonly values: Float64Array;
}

/**
 * The least and the greatest value of each block of documents of a column, by which blocks are passed over or taken as a whole. Found
 * when first asked for, a block at a time, and kept: 17 bytes a block.
 */
export class ValueBlocks {
  readonly count: number;
  private readonly rows: Rows;
  private readonly lows: Float64Array;
  private readonly highs: Float64Array;
  /** 1 where every document of the block has a value. */
  private readonly full: Uint8Array;

  constructor(rows: Rows) {
    this.rows = rows;
    this.count = Math.ceil((rows.starts.length - 1) / valueBlockSize);
    this.lows = new Float64Array(this.count).fill(unknown);
    this.highs = new Float64Array(this.count);
    this.full = new Uint8Array(this.count);
  }

  /** No value of the block is less; Infinity where it has none. */
  low(block: number): number {
    if (Number.isNaN(this.lows[block]!)) this.measure(block);
    return this.lows[block]!;
  }

  /** No value of the block is greater; −Infinity where it has none. */
  high(block: number): number {
    if (Number.isNaN(this.lows[block]!)) this.measure(block);
    return this.highs[block]!;
  }

  /** Whether every document of the block has a value. */
  isFull(block: number): boolean {
    if (Number.isNaN(this.lows[block]!)) this.measure(block);
    return this.full[block] === 1;
  }

  /** Finds what is not known of any block. */
  *inSteps(): Steps<void> {
    for (let block = 0; block < this.count; block++) {
      if (!Number.isNaN(this.lows[block]!)) continue;
      this.measure(block);
      yield valueBlockSize / valuesPerDocument;
    }
  }

  private measure(block: number): void {
    const { starts, values } = this.rows;
    const first = block * valueBlockSize;
    const end = Math.min(first + valueBlockSize, starts.length - 1);
    let low = Infinity;
    let high = -Infinity;
    for (let i = starts[first]!; i < starts[end]!; i++) {
      const value = values[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    let isFull = true;
    for (let docId = first; docId < end && isFull; docId++) isFull = starts[docId]! < starts[docId + 1]!;
    this.lows[block] = low;
    this.highs[block] = high;
    this.full[block] = isFull ? 1 : 0;
  }
}
