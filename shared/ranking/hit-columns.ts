/** Hits in columns, for merges of many: what orders them without an object for each. Pure. */
import { compareValues, missingFirst, type HitPosition, type SortKey, type SortValue } from './order.ts';

/** Values of one sort key. Of numbers NaN is a field without a value, which no value is. */
export type ValueColumn = Float64Array | readonly (string | null)[];

/** Parallel columns, a hit a row. */
export interface HitColumns {
  readonly shards: Uint16Array;
  readonly offsets: Float64Array;
  /** One column per sort key. */
  readonly values: readonly ValueColumn[];
}

/** The hit of a row by itself. */
export function positionAt({ shards, offsets, values }: HitColumns, row: number): HitPosition {
  return { shard: shards[row]!, offset: offsets[row]!, values: values.map((column) => valueAt(column, row)) };
}

/** A column that is filled row by row. */
export type FilledColumn = Float64Array | (string | null)[];

/** @param rows how many there will be at most, none of which has a value yet that means anything */
export function makeColumn(key: SortKey, rows: number): FilledColumn {
  return hasTexts(key) ? Array.from({ length: rows }, (): string | null => null) : new Float64Array(rows);
}

/** Whether the values of a key are texts. */
export function hasTexts(key: SortKey): boolean {
  return key.by === 'field' && key.values === 'string';
}

/** Null for a value of another type than the column's. */
export function setValue(column: FilledColumn, row: number, value: SortValue): void {
  if (column instanceof Float64Array) column[row] = typeof value === 'number' ? value : Number.NaN;
  else column[row] = typeof value === 'string' ? value : null;
}

export function valueAt(column: ValueColumn, row: number): SortValue {
  const value = column[row]!;
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}

/** As `compareHits` of the hits in these rows. */
export function compareRows(
  keys: readonly SortKey[],
  a: HitColumns,
  rowA: number,
  b: HitColumns,
  rowB: number,
): number {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (key.by === 'position') {
      const order = comparePlaces(a, rowA, b, rowB);
      if (order !== 0) return key.descending ? -order : order;
      continue;
    }
    const [columnA, columnB] = [a.values[i]!, b.values[i]!];
    const order =
      columnA instanceof Float64Array && columnB instanceof Float64Array
        ? compareNumbers(columnA[rowA]!, columnB[rowB]!, key)
        : compareValues(valueAt(columnA, rowA), valueAt(columnB, rowB), key);
    if (order !== 0) return order;
  }
  return comparePlaces(a, rowA, b, rowB);
}

function comparePlaces(a: HitColumns, rowA: number, b: HitColumns, rowB: number): number {
  return a.shards[rowA]! - b.shards[rowB]! || a.offsets[rowA]! - b.offsets[rowB]!;
}

function compareNumbers(a: number, b: number, key: SortKey): number {
  if (a < b) return key.descending ? 1 : -1;
  if (a > b) return key.descending ? -1 : 1;
  // Equal, or one is missing, or both are.
  const isMissing = Number.isNaN(a);
  if (isMissing === Number.isNaN(b)) return 0;
  return isMissing === missingFirst(key) ? -1 : 1;
}
