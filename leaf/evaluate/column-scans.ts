/** Documents found by reading a column. Each looks at the documents one by one and no further than it must. */
import { setBit, setBits } from '../columns/bitset.ts';
import type { NumberBounds } from '../columns/packed-numbers.ts';
import type { OpenedNumberColumn } from '../columns/columns.ts';
import { valueBlockSize, type ValueBlocks } from '../columns/value-blocks.ts';
import { noMoreDocuments, ResumingIterator, type MarkedRange, type Wanted } from './iterator.ts';

abstract class ColumnScan extends ResumingIterator {
  /** Documents of the segment. */
  override readonly cost: number;
  protected readonly starts: Uint32Array;
  private readonly weight: number;

  constructor(starts: Uint32Array, weight: number) {
    super();
    this.starts = starts;
    this.cost = starts.length - 1;
    this.weight = weight;
  }

  protected override find(target: number, end: number): number {
    const stop = Math.min(end, this.cost);
    const found = this.scan(target, stop);
    return found < stop || stop < this.cost ? found : noMoreDocuments;
  }

  override score(): number {
    return this.weight;
  }

  /** The first match from `docId` on, or `end`, which is above it or the number of documents. */
  protected abstract scan(docId: number, end: number): number;
}

/** Documents with any value at all. */
export class ExistsScan extends ColumnScan {
  protected override scan(docId: number, end: number): number {
    const { starts } = this;
    let at = docId;
    while (at < end && starts[at] === starts[at + 1]) at++;
    return at;
  }
}

/** What is read of a column. */
export type ScannedColumn = Pick<OpenedNumberColumn, 'starts' | 'values' | 'isSingle' | 'blocks'>;

/** For fewer documents it is not worth knowing what their block has. */
const documentsMin = 32;

/** Of a block: no document matches, every one does, or they have to be looked at. */
type Share = 'none' | 'all' | 'some';

/**
 * Documents with a value from `low` to `high`, both included. Blocks of documents that all match or none are not read. Of the others
 * any part may match: what adds up comparisons takes a fifth of what branches by them.
 */
export class RangeScan extends ColumnScan {
  private readonly values: Float64Array;
  private readonly blocks: ValueBlocks;
  private readonly isSingle: boolean;
  private readonly low: number;
  private readonly high: number;

  constructor(column: ScannedColumn, bounds: NumberBounds, weight: number) {
    super(column.starts, weight);
    this.values = column.values;
    this.blocks = column.blocks;
    this.isSingle = column.isSingle;
    this.low = bounds.low;
    this.high = bounds.high;
  }

  fill(into: Uint32Array, { target, end, countMax }: Wanted): number {
    const stop = Math.min(end, this.cost);
    let count = 0;
    for (let from = target; from < stop && count < countMax;) {
      const to = Math.min(stop, blockEnd(from), from + countMax - count);
      const share = this.shareOf(from, to);
      if (share === 'all') for (let docId = from; docId < to; docId++) into[count++] = docId;
      else if (share === 'some')
        count = this.isSingle ? this.addSingle(into, count, from, to) : this.addMany(into, count, from, to);
      from = to;
    }
    return count;
  }

  mark(into: Uint32Array, { base, target, end }: MarkedRange): void {
    const stop = Math.min(end, this.cost);
    for (let from = target; from < stop;) {
      const to = Math.min(stop, blockEnd(from));
      const share = this.shareOf(from, to);
      if (share === 'all') setBits(into, from - base, to - base);
      else if (share === 'some') {
        if (this.isSingle) this.markSingle(into, base, from, to);
        else this.markMany(into, base, from, to);
      }
      from = to;
    }
  }

  retain(docIds: Uint32Array, count: number): number {
    const { values, low, high, isSingle } = this;
    let kept = 0;
    if (isSingle) {
      // Each place is written to and stays only where the value matches.
      for (let i = 0; i < count; i++) {
        const docId = docIds[i]!;
        const value = values[docId]!;
        docIds[kept] = docId;
        kept += Number(value >= low) & Number(value <= high);
      }
      return kept;
    }
    for (let i = 0; i < count; i++) if (this.matches(docIds[i]!)) docIds[kept++] = docIds[i]!;
    return kept;
  }

  protected override scan(docId: number, end: number): number {
    if (end - docId < documentsMin || this.matches(docId)) return this.look(docId, end);
    for (let from = docId + 1; from < end;) {
      const to = Math.min(end, blockEnd(from));
      const share = this.shareOf(from, to);
      if (share === 'all') return from;
      if (share === 'some') {
        const found = this.look(from, to);
        if (found < to) return found;
      }
      from = to;
    }
    return end;
  }

  /** The first match from `docId` on, or `end`. */
  private look(docId: number, end: number): number {
    const { starts, values, low, high } = this;
    for (let at = docId; at < end; at++) {
      const rowEnd = starts[at + 1]!;
      for (let i = starts[at]!; i < rowEnd; i++) {
        const value = values[i]!;
        if (value >= low && value <= high) return at;
      }
    }
    return end;
  }

  /** What is known of the documents from `from` up to `to`, all of one block. */
  private shareOf(from: number, to: number): Share {
    if (to - from < documentsMin) return 'some';
    const { blocks, low, high } = this;
    const block = Math.floor(from / valueBlockSize);
    const least = blocks.low(block);
    const greatest = blocks.high(block);
    if (greatest < low || least > high || least > greatest) return 'none';
    return least >= low && greatest <= high && blocks.isFull(block) ? 'all' : 'some';
  }

  private matches(docId: number): boolean {
    return this.look(docId, docId + 1) === docId;
  }

  /** Where a document's value stands at its docId. Each place is written to and stays only where the value matches. */
  private addSingle(into: Uint32Array, count: number, from: number, to: number): number {
    const { values, low, high } = this;
    let filled = count;
    for (let docId = from; docId < to; docId++) {
      const value = values[docId]!;
      into[filled] = docId;
      filled += Number(value >= low) & Number(value <= high);
    }
    return filled;
  }

  private addMany(into: Uint32Array, count: number, from: number, to: number): number {
    let filled = count;
    for (let docId = from; docId < to; docId++) if (this.matches(docId)) into[filled++] = docId;
    return filled;
  }

  private markSingle(into: Uint32Array, base: number, from: number, to: number): void {
    const { values, low, high } = this;
    for (let docId = from; docId < to;) {
      const bit = docId - base;
      const stop = Math.min(to, docId + 32 - (bit & 31));
      let word = 0;
      for (let shift = bit & 31; docId < stop; docId++, shift++) {
        const value = values[docId]!;
        word |= (Number(value >= low) & Number(value <= high)) << shift;
      }
      into[bit >>> 5]! |= word;
    }
  }

  private markMany(into: Uint32Array, base: number, from: number, to: number): void {
    for (let docId = from; docId < to; docId++) {
      const bit = docId - base;
      if (this.matches(docId)) into[bit >>> 5]! |= 1 << (bit & 31);
    }
  }
}

/** The first document after the block that holds one. */
function blockEnd(docId: number): number {
  return docId - (docId % valueBlockSize) + valueBlockSize;
}

/** Documents with any of several values. Blocks of documents whose values are all apart from these are not read. */
export class ValuesScan extends ColumnScan {
  private readonly values: Float64Array;
  private readonly blocks: ValueBlocks;
  private readonly wanted: ReadonlySet<number>;
  private readonly low: number;
  private readonly high: number;

  /** @param wanted at least one */
  constructor(column: ScannedColumn, wanted: readonly number[], weight: number) {
    super(column.starts, weight);
    this.values = column.values;
    this.blocks = column.blocks;
    this.wanted = new Set(wanted);
    this.low = wanted.reduce((least, value) => Math.min(least, value), Infinity);
    this.high = wanted.reduce((greatest, value) => Math.max(greatest, value), -Infinity);
  }

  mark(into: Uint32Array, { base, target, end }: MarkedRange): void {
    const stop = Math.min(end, this.cost);
    for (let docId = this.scan(target, stop); docId < stop; docId = this.scan(docId + 1, stop)) {
      setBit(into, docId - base);
    }
  }

  protected override scan(docId: number, end: number): number {
    const { low, high, blocks } = this;
    for (let from = docId; from < end;) {
      const to = Math.min(end, blockEnd(from));
      const block = Math.floor(from / valueBlockSize);
      const isApart = to - from >= documentsMin && (blocks.high(block) < low || blocks.low(block) > high);
      const found = isApart ? to : this.look(from, to);
      if (found < to) return found;
      from = to;
    }
    return end;
  }

  /** The first match from `docId` on, or `end`. */
  private look(docId: number, end: number): number {
    const { starts, values, wanted } = this;
    for (let at = docId; at < end; at++) {
      const rowEnd = starts[at + 1]!;
      for (let i = starts[at]!; i < rowEnd; i++) if (wanted.has(values[i]!)) return at;
    }
    return end;
  }
}
