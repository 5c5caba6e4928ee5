import type { Properties } from '../../../shared/json/read-object.ts';
import { definitionOf } from '../../../shared/schema/kinds/field-kinds.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import { unreadable } from '../operand.ts';

/**
 * The `missing` of an aggregation, a value of its field that documents without one count with; nothing where it is not there.
 * @throws SheafError REQUEST_TYPE_WRONG, REQUEST_VALUE_INVALID
 */
export function readMissing(properties: Properties<'missing'>, { kind }: IndexedField): { missing?: number | string } {
  if (!properties.has('missing')) return {};
  const definition = definitionOf(kind);
  return properties.required('missing', (node) => {
    const reading = definition.read(node.value);
    if (reading.kind === 'wrong') throw unreadable(node, reading.expected, definition);
    return { missing: reading.value };
  });
}

/** The same of a field of numbers. */
export function readMissingNumber(properties: Properties<'missing'>, field: IndexedField): { missing?: number } {
  const { missing } = readMissing(properties, field);
  return missing === undefined ? {} : { missing: Number(missing) };
}
