/** Makes a JSON schema refuse what it does not name. Pure. */
import { isObject } from '../../shared/json/read-object.ts';

/** The schema with `additionalProperties: false` wherever properties are listed and nothing is said about others. */
export function strictly(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strictly);
  if (!isObject(schema)) return schema;
  const strict = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, strictly(value)]));
  const isOpen = isObject(schema['properties']) && !('additionalProperties' in schema);
  return isOpen ? { ...strict, additionalProperties: false } : strict;
}
