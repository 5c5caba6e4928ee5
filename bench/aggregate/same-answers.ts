/** Whether two answers say the same. Pure. */
import type { AnswerRow } from './classes.ts';

/** Numbers that are computed in another order differ by no more than this, as a share of them. */
const roundingShare = 1e-9;

/**
 * What is different between two answers, whose rows may come in any order; null where nothing is.
 * @param tolerance how far numbers may be off, as a share of them
 */
export function differenceOf(
  expected: readonly AnswerRow[],
  actual: readonly AnswerRow[],
  tolerance: number = roundingShare,
): string | null {
  if (expected.length !== actual.length) return `${actual.length} rows, not ${expected.length}`;
  const [ordered, others] = [expected, actual].map((rows) => rows.toSorted(compareRows));
  for (const [at, row] of ordered!.entries()) {
    const other = others![at]!;
    if (row.length === other.length && row.every((cell, i) => isSame(cell, other[i]!, tolerance))) continue;
    return `${JSON.stringify(other)}, not ${JSON.stringify(row)}`;
  }
  return null;
}

function isSame(a: string | number | null, b: string | number | null, tolerance: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

/** By the first cell that differs; keys stand before numbers that were computed. */
function compareRows(a: AnswerRow, b: AnswerRow): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    const [x, y] = [a[i]!, b[i]!];
    return typeof x === 'number' && typeof y === 'number' ? x - y : String(x) < String(y) ? -1 : 1;
  }
  return 0;
}
