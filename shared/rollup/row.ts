/**
 * Rows and their addition. An increment is a small row; a row is the sum of its increments.
 *
 * A sum is kept in two numbers, high · 2^32 + low with 0 ≤ low < 2^32, both exact in a double: the sum is exact to
 * ±2^85, which 2^32 increments of the largest size do not reach, so it cannot overflow, and adding takes no BigInt.
 *
 * In a record batch a row is a JSON array of its numbers in the order of its layout, `null` where there is none: the least
 * of no values. Its key is a JSON array of the values of its dimensions, `null` where there is none.
 */
import { SheafError } from '../errors.ts';
import type { RowLayout } from './row-layout.ts';

/** The numbers of a row, in the order of its layout; the least of no values is ∞, the greatest −∞. */
export type Row = Float64Array;

const lowRange = 2 ** 32;

/** The row of no increments. */
export function emptyRow({ empty }: RowLayout): Row {
  return empty.slice();
}

/** Adds a row to another. Cost: a few nanoseconds a part; nothing is allocated. */
export function addRow({ folds }: RowLayout, into: Row, from: Row): void {
  for (let i = 0; i < folds.length; i++) {
    const fold = folds[i]!;
    if (fold.kind === 'min') into[i] = Math.min(into[i]!, from[i]!);
    else if (fold.kind === 'max') into[i] = Math.max(into[i]!, from[i]!);
    else into[i]! += from[i]!;
    if (fold.kind === 'low' && into[i]! >= lowRange) {
      into[i]! -= lowRange;
      into[fold.high]! += 1;
    }
  }
}

/** The low part of an integer, 0 to 2^32 − 1. */
export function lowOf(value: number): number {
  const rest = value % lowRange;
  return rest < 0 ? rest + lowRange : rest + 0;
}

/** The high part of a safe integer. */
export function highOf(value: number): number {
  return (value - lowOf(value)) / lowRange;
}

/** @param high and low sums of such parts; they need not be in range */
export function sumOf(high: bigint, low: bigint): bigint {
  return high * BigInt(lowRange) + low;
}

export function encodeRow(row: Row): string {
  let text = '[';
  for (let i = 0; i < row.length; i++) {
    if (i > 0) text += ',';
    text += Number.isFinite(row[i]!) ? String(row[i]!) : 'null';
  }
  return `${text}]`;
}

/** @throws SheafError LOG_CORRUPT when the bytes are no row of the layout */
export function decodeRow(layout: RowLayout, bytes: Uint8Array): Row {
  const values = parseArray(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  if (values?.length !== layout.folds.length) throw notARow(layout.folds.length, values?.length ?? null);
  const row = emptyRow(layout);
  for (let i = 0; i < row.length; i++) {
    const value = values[i];
    if (typeof value === 'number') row[i] = value;
    else if (value !== null) throw notARow(layout.folds.length, values.length);
  }
  return row;
}

/** The values of the dimensions of a row, by its key. @throws SheafError LOG_CORRUPT */
export function decodeRowKey({ dimensions }: RowLayout, key: string): readonly unknown[] {
  const values = parseArray(key);
  if (values?.length !== dimensions.length) throw notARow(dimensions.length, values?.length ?? null);
  return values;
}

function parseArray(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function notARow(expected: number, actual: number | null): SheafError {
  return new SheafError('LOG_CORRUPT', { detail: { reason: 'not a row of the index', expected, actual } });
}
