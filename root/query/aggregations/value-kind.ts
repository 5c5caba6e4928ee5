import type { ValueKind } from '../../../shared/aggregation/value-kind.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';

/** How the values of a field are kept that has any to aggregate. */
export function valueKindOf(field: IndexedField): ValueKind {
  return field.kind === 'keyword' ? 'string' : 'number';
}
