import { ownValue } from '../json/own-value.ts';
import { definitionOf } from './kinds/field-kinds.ts';
import { indexedFields, optionsOf } from './schema.ts';
import type { IndexedField, IndexSchema } from './schema.ts';

/** The indexed field of a name as queries use it (`title`, `title.raw`), or undefined. Costs two lookups. */
export function findField(schema: IndexSchema, name: string): IndexedField | undefined {
  const definition = ownValue(schema.fields, name);
  if (definition !== undefined) return { name, path: name, ...optionsOf(definition) };
  const dot = name.lastIndexOf('.');
  if (dot < 0) return undefined;
  const path = name.slice(0, dot);
  const sub = ownValue(ownValue(schema.fields, path)?.fields ?? {}, name.slice(dot + 1));
  return sub === undefined ? undefined : { name, path, ...optionsOf(sub) };
}

/** Whether values of a field are analysed, into words that are looked for and ranked. */
export function isAnalyzed({ kind }: Pick<IndexedField, 'kind'>): boolean {
  return definitionOf(kind).layout === 'text';
}

/** The text fields of a schema, sub-fields too, sorted by name: where words without a field are looked for. */
export function textFields(schema: IndexSchema): IndexedField[] {
  return indexedFields(schema).filter(isAnalyzed);
}
