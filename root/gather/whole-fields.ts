import { findField } from '../../shared/schema/find-field.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';

/** Tells of a field whether its values are whole numbers; see FinishOptions. */
export function isWholeIn(schema: IndexSchema): (field: string) => boolean {
  return (name) => {
    const field = findField(schema, name);
    return field !== undefined && definitionOf(field.kind).isWhole === true;
  };
}
