import { countsGreatest, missingFirst, type SortValue } from '../../shared/ranking/order.ts';
import type { OpenedNumberColumn } from '../columns/columns.ts';
import { valueBlockSize } from '../columns/value-blocks.ts';
import { extreme } from './extreme.ts';
import type { BoundOptions, FieldSortKey, SortBound, SoughtHits } from './sort-bound.ts';

/**
 * The first hits are sought beforehand in so many times as few blocks as may hold them, and only where there are so many times as many
 * blocks.
 */
const seededFrom = 4;

/** The bound for numbers: values are compared as they lie in the column, and blocks by the least and the greatest value in them. */
export class NumberBound implements SortBound {
  private readonly column: OpenedNumberColumn;
  /** 1 where the least comes first, −1 where the greatest does: times this, what ranks first is least. */
  private readonly sign: number;
  private readonly greatest: boolean;
  private readonly missingFirst: boolean;
  private readonly tiesLose: boolean;
  /** So many documents of the segment as are wanted have this value or one that ranks before it; NaN where none is known. */
  private known = Number.NaN;

  constructor(column: OpenedNumberColumn, key: FieldSortKey, { tiesLose }: BoundOptions) {
    this.column = column;
    this.sign = key.descending ? -1 : 1;
    this.greatest = countsGreatest(key);
    this.missingFirst = missingFirst(key);
    this.tiesLose = tiesLose;
  }

  turnsAway(docId: number, worst: SortValue): boolean {
    const { starts, values, isSingle } = this.column;
    const at = isSingle ? docId : extreme(starts, values, docId, this.greatest);
    if (at < 0) return this.emptyLoses(worst);
    return this.loses(values[at]!, worst);
  }

  skip(docId: number, end: number, worst: SortValue | undefined): number {
    let from = docId;
    while (from < end && this.blockLoses(Math.floor(from / valueBlockSize), worst)) {
      from = (Math.floor(from / valueBlockSize) + 1) * valueBlockSize;
    }
    return Math.min(from, end);
  }

  seed({ k, cost, matches }: SoughtHits): void {
    const { blocks, starts } = this.column;
    const share = cost / Math.max(1, starts.length - 1);
    const few = Math.ceil((k * seededFrom) / Math.max(1, share * valueBlockSize));
    // Without a value documents come first, or there are too many blocks to look at for what it may spare.
    if (this.missingFirst || few * seededFrom > blocks.count) return;
    const best = new Float64Array(k).fill(Infinity);
    const iterator = matches();
    for (const block of this.firstBlocks(few)) {
      const end = Math.min((block + 1) * valueBlockSize, starts.length - 1);
      for (let next = block * valueBlockSize; next < end; next++) {
        next = iterator.advance(next, end);
        if (next < end) this.keepBest(best, next);
      }
    }
    if (best[k - 1]! < Infinity) this.known = this.sign * best[k - 1]!;
  }

  /** Adds a document's value to the least ones, ascending, where it is one of them. */
  private keepBest(best: Float64Array, docId: number): void {
    const { starts, values } = this.column;
    const place = extreme(starts, values, docId, this.greatest);
    if (place < 0) return;
    const value = this.sign * values[place]!;
    let at = best.length;
    for (; at > 0 && best[at - 1]! > value; at--) if (at < best.length) best[at] = best[at - 1]!;
    if (at < best.length) best[at] = value;
  }

  /** So many blocks whose first values rank first, ascending. */
  private firstBlocks(count: number): Uint32Array {
    const { blocks } = this.column;
    const firsts = Float64Array.from({ length: blocks.count }, (_, block) => this.sign * this.firstOf(block));
    const last = firsts.toSorted()[count - 1]!;
    const chosen: number[] = [];
    for (let block = 0; block < firsts.length; block++) if (firsts[block]! <= last) chosen.push(block);
    return Uint32Array.from(chosen.slice(0, count));
  }

  private firstOf(block: number): number {
    const { blocks } = this.column;
    return this.sign < 0 ? blocks.high(block) : blocks.low(block);
  }

  private blockLoses(block: number, worst: SortValue | undefined): boolean {
    // What is known is of documents with values, and says nothing of equal ones.
    if (this.sign * (this.firstOf(block) - this.known) > 0) return true;
    if (worst === undefined) return false;
    const { blocks } = this.column;
    if (!blocks.isFull(block) && !this.emptyLoses(worst)) return false;
    const first = this.firstOf(block);
    // A block without values has none that could rank first.
    return !Number.isFinite(first) ? blocks.low(block) > blocks.high(block) : this.loses(first, worst);
  }

  private loses(value: number, worst: SortValue): boolean {
    if (typeof worst !== 'number') return this.missingFirst;
    const order = this.sign * (value - worst);
    return order > 0 || (this.tiesLose && order === 0);
  }

  private emptyLoses(worst: SortValue): boolean {
    return worst === null ? this.tiesLose : !this.missingFirst;
  }
}
