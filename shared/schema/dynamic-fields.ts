/**
 * Fields that documents have and their schema does not: what they become where `dynamic` is `true`. Pure.
 *
 * The rule: an ISO date is a `date`, another string a `text` with a sub-field `keyword`, a whole number an `integer`, another number a
 * `float`, `true` and `false` a `boolean`. Values that are met together are looked at together: one fraction among whole numbers
 * makes a `float`, one other string among dates a `text`; else the first value decides.
 */
import { limits } from '../limits.ts';
import { collidesWith, type Fields } from './collisions.ts';
import { isFieldPath } from './field-names.ts';
import { parseDate } from './kinds/date.ts';
import type { FieldDefinition, IndexSchema } from './schema.ts';

type ValueKind = 'date' | 'string' | 'integer' | 'float' | 'boolean';

/** Longer values stand in the document and are found by their words; a keyword of them would serve nobody. */
const keywordBytesMax = 1024;

/** What a value of a kind makes of a field that others made another kind of: the first decides where nothing is said. */
const wider: Readonly<Partial<Record<ValueKind, Partial<Record<ValueKind, ValueKind>>>>> = {
  integer: { float: 'float' },
  date: { string: 'string' },
};

const definitions: { readonly [K in ValueKind]: FieldDefinition } = {
  date: { kind: 'date' },
  string: { kind: 'text', fields: { keyword: { kind: 'keyword', ignoreAbove: keywordBytesMax } } },
  integer: { kind: 'integer' },
  float: { kind: 'float' },
  boolean: { kind: 'boolean' },
};

/** Collects what the documents of one write have beyond a schema. */
export class DynamicFields {
  private readonly known: IndexSchema['fields'];
  private readonly found = new Map<string, ValueKind>();

  constructor(schema: IndexSchema) {
    this.known = schema.fields;
  }

  /** @returns whether the document has a value that no field of the schema takes */
  take(document: object): boolean {
    return this.object(document as Readonly<Record<string, unknown>>, '', 1);
  }

  /** The fields to add. What cannot be a field, by its name or because of another, is left out. */
  fields(): Fields {
    const added: Record<string, FieldDefinition> = {};
    for (const [path, kind] of this.found) {
      const definition = definitions[kind];
      const longest = Object.keys(definition.fields ?? {}).reduce((most, sub) => Math.max(most, sub.length + 1), 0);
      if (!isFieldPath(path) || path.length + longest > limits.fieldPathLengthMax) continue;
      if (!collidesWith(this.known, path) && !collidesWith(added, path)) added[path] = definition;
    }
    return added;
  }

  private object(object: Readonly<Record<string, unknown>>, prefix: string, depth: number): boolean {
    let isNew = false;
    for (const name of Object.keys(object)) if (this.value(object[name], prefix + name, depth)) isNew = true;
    return isNew;
  }

  private value(value: unknown, path: string, depth: number): boolean {
    if (value === null || depth > limits.documentDepthMax) return false;
    if (Array.isArray(value)) {
      let isNew = false;
      for (const element of value) if (this.value(element, path, depth + 1)) isNew = true;
      return isNew;
    }
    if (Object.hasOwn(this.known, path)) return false;
    if (typeof value === 'object') {
      return this.object(value as Readonly<Record<string, unknown>>, `${path}.`, depth + 1);
    }
    const kind = kindOf(value);
    const before = this.found.get(path);
    this.found.set(path, before === undefined ? kind : (wider[before]?.[kind] ?? before));
    return true;
  }
}

function kindOf(value: unknown): ValueKind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'float';
  return parseDate(value as string) === undefined ? 'string' : 'date';
}
