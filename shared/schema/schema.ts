/**
 * What a schema is, and the flat list of indexed fields that follows from it.
 *
 * A field is named by its dotted path in the document (`author.name`). Objects nest, and an array at any level makes
 * every field below it multi-valued: `{"a":[{"b":1},{"b":[2,3]}]}` gives `a.b` the values 1, 2, 3 in that order.
 * `null`, an empty array and an absent property all mean: no value. A sub-field (`title.raw`) indexes the values of
 * its parent a second way.
 */
export type FieldKind = 'text' | 'keyword' | 'integer' | 'float' | 'boolean' | 'date';

export const fieldKinds: readonly FieldKind[] = ['text', 'keyword', 'integer', 'float', 'boolean', 'date'];

export interface FieldDefinition {
  readonly kind: FieldKind;
  /** Other ways to index the same values, by name. */
  readonly fields?: Readonly<Record<string, { readonly kind: FieldKind }>>;
}

export interface IndexSchema {
  /** By dotted path. */
  readonly fields: Readonly<Record<string, FieldDefinition>>;
  /** What happens to a document with a field not listed: `strict` rejects it, `false` stores the field unsearched. */
  readonly dynamic: 'strict' | 'false';
}

/** One way one path is indexed: what the engine sees of a schema. */
export interface IndexedField {
  /** The name queries use: `title` or `title.raw`. */
  readonly name: string;
  /** The path in the document whose values are indexed: `title` for both. */
  readonly path: string;
  readonly kind: FieldKind;
}

/** All indexed fields of a schema, sorted by name (UTF-16 order), so that every process numbers them alike. */
export function indexedFields(schema: IndexSchema): IndexedField[] {
  const result: IndexedField[] = [];
  for (const [path, definition] of Object.entries(schema.fields)) {
    result.push({ name: path, path, kind: definition.kind });
    for (const [suffix, sub] of Object.entries(definition.fields ?? {})) {
      result.push({ name: `${path}.${suffix}`, path, kind: sub.kind });
    }
  }
  return result.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether values of the kind are kept as numbers: integers, floats, booleans as 0 and 1, dates as milliseconds since 1970 UTC. */
export function isNumericKind(kind: FieldKind): boolean {
  return kind !== 'text' && kind !== 'keyword';
}
