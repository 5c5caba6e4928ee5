/**
 * What a schema is, and the flat list of indexed fields that follows from it.
 *
 * A field is named by its dotted path in the document (`author.name`). Objects nest, and an array at any level makes
 * every field below it multi-valued: `{"a":[{"b":1},{"b":[2,3]}]}` gives `a.b` the values 1, 2, 3 in that order.
 * `null`, an empty array and an absent property all mean: no value. A sub-field (`title.raw`) indexes the values of
 * its parent a second way.
 */
import type { FieldKind } from './kinds/field-kinds.ts';
import { pickOptions, sameOptionValues, type OptionValues } from './options/field-options.ts';

/** One way to index values. */
export interface FieldOptions extends OptionValues {
  readonly kind: FieldKind;
}

export interface FieldDefinition extends FieldOptions {
  /** Other ways to index the same values, by name. */
  readonly fields?: Readonly<Record<string, FieldOptions>>;
}

export const dynamics = ['strict', 'false', 'true'] as const;
export type Dynamic = (typeof dynamics)[number];

export interface IndexSchema {
  /** By dotted path. */
  readonly fields: Readonly<Record<string, FieldDefinition>>;
  /**
   * What happens to a document with a field not listed: `strict` rejects it, `false` stores the field unsearched, `true` adds it
   * to the schema (see dynamic-fields.ts).
   */
  readonly dynamic: Dynamic;
}

/** One way one path is indexed: what the engine sees of a schema. */
export interface IndexedField extends FieldOptions {
  /** The name queries use: `title` or `title.raw`. */
  readonly name: string;
  /** The path in the document whose values are indexed: `title` for both. */
  readonly path: string;
}

/** A field's definition without its name and sub-fields. */
export function optionsOf(field: FieldOptions): FieldOptions {
  return { kind: field.kind, ...pickOptions(field) };
}

/** Whether values are indexed the same way. */
export function sameOptions(a: FieldOptions, b: FieldOptions): boolean {
  return a.kind === b.kind && sameOptionValues(a, b);
}

/** All indexed fields of a schema, sorted by name (UTF-16 order), so that every process numbers them alike. */
export function indexedFields(schema: IndexSchema): IndexedField[] {
  const result: IndexedField[] = [];
  for (const [path, definition] of Object.entries(schema.fields)) {
    result.push({ name: path, path, ...optionsOf(definition) });
    for (const [suffix, sub] of Object.entries(definition.fields ?? {})) {
      result.push({ name: `${path}.${suffix}`, path, ...optionsOf(sub) });
    }
  }
  return result.sort((a, b) => (a.name < b.name ? -1 : 1));
}
