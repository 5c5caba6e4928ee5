import type { SortKey, SortValue } from '../../shared/ranking/order.ts';
import { findField } from '../../shared/schema/find-field.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';

type Show = (value: SortValue) => SortValue;

/**
 * How the sort values of hits are shown, as `search_after` reads them; null where all are shown as they are kept. Made once
 * a search.
 */
export function sortValuesShower(
  schema: IndexSchema,
  sort: readonly SortKey[],
): ((values: readonly SortValue[]) => SortValue[]) | null {
  const shows = sort.map((key) => (key.by === 'field' ? showOf(schema, key.field) : null));
  if (shows.every((show) => show === null)) return null;
  return (values) => values.map((value, i) => shows[i]?.(value) ?? value);
}

function showOf(schema: IndexSchema, name: string): Show | null {
  const field = findField(schema, name);
  const show = field === undefined ? null : definitionOf(field.kind).shown.show;
  return show === null ? null : (value) => (value === null ? null : show(value));
}
