import { booleanKind } from '../../../shared/schema/kinds/boolean.ts';
import { dateKind } from '../../../shared/schema/kinds/date.ts';
import type { FieldKind } from '../../../shared/schema/kinds/field-kinds.ts';
import { floatKind } from '../../../shared/schema/kinds/float.ts';
import { integerKind } from '../../../shared/schema/kinds/integer.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import type { FieldQueries } from './field-queries.ts';
import { ipQueries } from './ip-queries.ts';
import { numberQueries } from './number-queries.ts';
import { stringQueries } from './string-queries.ts';

/** How values of each kind of field are looked up. */
const queries: { readonly [Kind in FieldKind]: FieldQueries } = {
  text: stringQueries,
  keyword: stringQueries,
  // A bound may lie between two whole numbers, or beyond all.
  integer: numberQueries(integerKind, floatKind),
  float: numberQueries(floatKind),
  boolean: numberQueries(booleanKind),
  date: numberQueries(dateKind),
  ip: ipQueries,
};

export function queriesOf({ kind }: Pick<IndexedField, 'kind'>): FieldQueries {
  return queries[kind];
}
