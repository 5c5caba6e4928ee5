import { booleanKind } from '../../../shared/schema/kinds/boolean.ts';
import type { FieldKind } from '../../../shared/schema/kinds/field-kinds.ts';
import { floatKind } from '../../../shared/schema/kinds/float.ts';
import { integerKind } from '../../../shared/schema/kinds/integer.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import { dateQueries, ownFormat, type DateReading } from './date-queries.ts';
import type { FieldQueries } from './field-queries.ts';
import { ipQueries } from './ip-queries.ts';
import { numberQueries } from './number-queries.ts';
import { stringQueries } from './string-queries.ts';

/** How values of each kind of field are looked up. */
const queries: { readonly [Kind in FieldKind]: FieldQueries | ((dates: DateReading) => FieldQueries) } = {
  text: stringQueries,
  keyword: stringQueries,
  // A bound may lie between two whole numbers, or beyond all.
  integer: numberQueries(integerKind, floatKind),
  float: numberQueries(floatKind),
  boolean: numberQueries(booleanKind),
  date: dateQueries,
  ip: ipQueries,
};

/** @param dates a format that it names is meant in place of the field's own */
export function queriesOf({ kind, format }: Pick<IndexedField, 'kind' | 'format'>, dates: DateReading): FieldQueries {
  const found = queries[kind];
  if (typeof found !== 'function') return found;
  return found(format === undefined || dates.format !== undefined ? dates : { ...dates, format: ownFormat(format) });
}
