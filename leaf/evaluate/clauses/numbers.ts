import type { QueryOf } from '../../../shared/query/query.ts';
import { mayHold } from '../../columns/number-bounds.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { ValuesScan } from '../column-scans.ts';
import { EmptyIterator } from '../iterator.ts';
import { numberColumnOf } from '../../segment/columns-of.ts';

export const numbers: ClauseKind<QueryOf<'numbers'>> = {
  iterate({ segment }, { field, values }) {
    const column = numberColumnOf(segment, field);
    return column === null || values.length === 0 ? new EmptyIterator() : new ValuesScan(column, new Set(values), 1);
  },
  mayMatch(segment, { field, values }) {
    const column = numberColumnOf(segment, field);
    return column !== null && values.some((value) => mayHold(column, { low: value, high: value }));
  },
};
