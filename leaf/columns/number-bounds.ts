/** The least and the greatest value of a column: what a search need not look for beyond. */
import { PackedNumberColumn, type NumberColumn } from './columns.ts';
import { noNumbers, type NumberBounds } from './packed-numbers.ts';

/** Columns do not change. */
const known = new WeakMap<NumberColumn, NumberBounds>();

/**
 * Whether a column has a value that may lie in these bounds. Most columns are told by what is written before their packed
 * values; only where that does not rule them out the values are looked at, once, which unpacks them as a search would.
 */
export function mayHold(column: NumberColumn, { low, high }: NumberBounds): boolean {
  const exact = known.get(column);
  const bounds = exact ?? (column instanceof PackedNumberColumn ? column.outerBounds : null);
  if (bounds !== null && isApart(bounds, low, high)) return false;
  return exact !== undefined || !isApart(boundsOf(column), low, high);
}

/** Cost: one pass over the values, the first time. */
export function boundsOf(column: NumberColumn): NumberBounds {
  let bounds = known.get(column);
  if (bounds === undefined) known.set(column, (bounds = leastAndGreatest(column.values)));
  return bounds;
}

function leastAndGreatest(values: Float64Array): NumberBounds {
  let { low, high } = noNumbers;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

function isApart(bounds: NumberBounds, low: number, high: number): boolean {
  return bounds.high < low || bounds.low > high || bounds.low > bounds.high;
}
