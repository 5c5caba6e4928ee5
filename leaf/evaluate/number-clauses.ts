/** Clauses on a numeric field of one segment. */
import type { Query } from '../../shared/query/query.ts';
import type { NumberColumn } from '../columns/columns.ts';
import type { Segment } from '../segment/open.ts';
import { RangeScan, ValuesScan } from './column-scans.ts';
import { EmptyIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

function numberColumn(segment: Segment, name: string): NumberColumn | null {
  const field = segment.fieldsByName.get(name);
  return field?.kind === 'number' ? field.column : null;
}

/** @param weight score of every match */
export function numbersClause(segment: Segment, query: QueryOf<'numbers'>, weight: number): DocumentIterator {
  const column = numberColumn(segment, query.field);
  return column === null || query.values.length === 0
    ? new EmptyIterator()
    : new ValuesScan(column, new Set(query.values), weight);
}

export function numberRangeClause(segment: Segment, query: QueryOf<'numberRange'>, weight: number): DocumentIterator {
  const column = numberColumn(segment, query.field);
  if (column === null) return new EmptyIterator();
  const { low = -Infinity, high = Infinity } = query;
  const bounds = {
    low: query.low === undefined || query.lowInclusive ? low : nextNumber(low),
    high: query.high === undefined || query.highInclusive ? high : -nextNumber(-high),
  };
  return bounds.low <= bounds.high ? new RangeScan(column, bounds, weight) : new EmptyIterator();
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
