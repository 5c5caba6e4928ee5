import type { QueryOf } from '../../../shared/query/query.ts';
import { mayHold } from '../../columns/number-bounds.ts';
import type { NumberBounds } from '../../columns/packed-numbers.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { RangeScan } from '../column-scans.ts';
import { EmptyIterator } from '../iterator.ts';
import { numberColumnOf, unpackNumbersOf } from '../../segment/columns-of.ts';

export const numberRange: ClauseKind<QueryOf<'numberRange'>> = {
  iterate({ segment }, query) {
    const column = numberColumnOf(segment, query.field);
    const bounds = boundsOfRange(query);
    return column === null || bounds.low > bounds.high ? new EmptyIterator() : new RangeScan(column, bounds, 1);
  },
  expand: ({ segment }, { field }) => unpackNumbersOf(segment, field),
  mayMatch(segment, query) {
    const column = numberColumnOf(segment, query.field);
    const bounds = boundsOfRange(query);
    return column !== null && bounds.low <= bounds.high && mayHold(column, bounds);
  },
};

function boundsOfRange(query: QueryOf<'numberRange'>): NumberBounds {
  const { low = -Infinity, high = Infinity } = query;
  return {
    low: query.low === undefined || query.lowInclusive ? low : nextNumber(low),
    high: query.high === undefined || query.highInclusive ? high : -nextNumber(-high),
  };
}

/** The least double greater than a finite one. */
export function nextNumber(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  // Doubles of one sign are ordered as their bits are, away from zero.
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}
