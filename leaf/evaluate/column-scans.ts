/** Documents found by reading a column. Each looks at the documents one by one and no further than it must. */
import type { NumberColumn, OpenedColumn } from '../columns/columns.ts';
import { noMoreDocuments, ResumingIterator, type Wanted } from './iterator.ts';

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

/** Documents with a value from `low` to `high`, both included. */
export class RangeScan extends ColumnScan {
  private readonly values: Float64Array;
  private readonly isSingle: boolean;
  private readonly low: number;
  private readonly high: number;

  constructor(
    column: NumberColumn & Pick<OpenedColumn, 'isSingle'>,
    bounds: { low: number; high: number },
    weight: number,
  ) {
    super(column.starts, weight);
    this.values = column.values;
    this.isSingle = column.isSingle;
    this.low = bounds.low;
    this.high = bounds.high;
  }

  fill(into: Uint32Array, { target, end, countMax }: Wanted): number {
    const stop = Math.min(end, this.cost);
    return this.isSingle
      ? this.fillOfSingle(into, target, stop, countMax)
      : this.fillOfMany(into, target, stop, countMax);
  }

  /** Where a document's value stands at its docId. Each place is written to and stays only where the value matches. */
  private fillOfSingle(into: Uint32Array, from: number, end: number, countMax: number): number {
    const { values, low, high } = this;
    let count = 0;
    for (let docId = from; docId < end && count < countMax; docId++) {
      const value = values[docId]!;
      into[count] = docId;
      if (value >= low && value <= high) count++;
    }
    return count;
  }

  private fillOfMany(into: Uint32Array, from: number, end: number, countMax: number): number {
    let count = 0;
    for (let docId = this.scan(from, end); docId < end; docId = this.scan(docId + 1, end)) {
      into[count++] = docId;
      if (count === countMax || docId + 1 === end) break;
    }
    return count;
  }

  protected override scan(docId: number, end: number): number {
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
}

/** Documents with any of a set of values. */
export class ValuesScan extends ColumnScan {
  private readonly values: Float64Array;
  private readonly wanted: ReadonlySet<number>;

  constructor(column: NumberColumn, wanted: ReadonlySet<number>, weight: number) {
    super(column.starts, weight);
    this.values = column.values;
    this.wanted = wanted;
  }

  protected override scan(docId: number, end: number): number {
    const { starts, values, wanted } = this;
    for (let at = docId; at < end; at++) {
      const rowEnd = starts[at + 1]!;
      for (let i = starts[at]!; i < rowEnd; i++) if (wanted.has(values[i]!)) return at;
    }
    return end;
  }
}
