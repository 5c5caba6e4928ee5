/**
 * The one reading of a JSON value as a value of a field: the root checks documents with it, the leaf indexes with it,
 * queries and the oracle read their operands with it. Each kind says itself what it takes: see kinds/.
 */
import type { FieldReading, ValueReading } from './kinds/definition.ts';
import { definitionOf, type FieldKind } from './kinds/field-kinds.ts';
import type { FieldOptions } from './schema.ts';

/** Reads one JSON value (no array, no null) as a value of a kind; never coerces: the string "1" is no integer. */
export function readValue(kind: FieldKind, value: unknown): ValueReading {
  return definitionOf(kind).read(value);
}

/** Reads values of documents as a field does; `ignored` where the field says that it leaves such values out. To be made once a field. */
export function valueReader(field: FieldOptions): (value: unknown) => FieldReading {
  const { read, readerFor } = definitionOf(field.kind);
  return readerFor?.(field) ?? read;
}
