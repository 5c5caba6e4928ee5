import { countsGreatest, missingFirst, type SortValue } from '../../shared/ranking/order.ts';
import type { OpenedNumberColumn } from '../columns/columns.ts';
import { valueBlockSize } from '../columns/value-blocks.ts';
import { extreme } from './extreme.ts';
import type { BoundOptions, FieldSortKey, SortBound } from './sort-bound.ts';

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

  seed(k: number): void {
    const { blocks } = this.column;
    // Where another value of a document counts than that by which it ranks first, the block's first need not be any document's.
    if (this.missingFirst || this.greatest !== this.sign < 0 || blocks.count < k) return;
    const firsts = Float64Array.from({ length: blocks.count }, (_, block) => this.sign * this.firstOf(block)).sort();
    if (Number.isFinite(firsts[k - 1]!)) this.known = this.sign * firsts[k - 1]!;
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
