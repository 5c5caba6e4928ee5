import type { QueryOf } from '../../../shared/query/query.ts';
import { mayHold } from '../../columns/number-bounds.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { RangeScan, ValuesScan } from '../column-scans.ts';
import { EmptyIterator } from '../iterator.ts';
import { numberColumnOf, unpackNumbersOf } from '../../segment/columns-of.ts';

export const numbers: ClauseKind<QueryOf<'numbers'>> = {
  iterate({ segment }, { field, values }) {
    const column = numberColumnOf(segment, field);
    if (column === null || values.length === 0) return new EmptyIterator();
    const [value] = values;
    return values.length === 1
      ? new RangeScan(column, { low: value!, high: value! }, 1)
      : new ValuesScan(column, values, 1);
  },
  expand: ({ segment }, { field }) => unpackNumbersOf(segment, field),
  mayMatch(segment, { field, values }) {
    const column = numberColumnOf(segment, field);
    return column !== null && values.some((value) => mayHold(column, { low: value, high: value }));
  },
};
