/**
 * Fields that documents have and their schema does not: what they become where `dynamic` is `true`. Pure.
 *
 * The rule: an ISO date is a `date`, another string a `text` with a sub-field `keyword`, a whole number an `integer`, another number a
 * `float`, `true` and `false` a `boolean`. Documents that come together are looked at in turn: one fraction among whole numbers makes a
 * `float`, one other string among dates a `text`; else the first value decides, and a later document with another has no part in it.
 *
 * A document brings all of its fields or none: what would be rejected leaves nothing behind in the schema.
 */
import { limits } from '../limits.ts';
import { collidesWith, countFields, type Fields } from './collisions.ts';
import { isFieldPath } from './field-names.ts';
import { parseDate } from './kinds/date.ts';
import type { FieldDefinition, IndexSchema } from './schema.ts';

type ValueKind = 'date' | 'string' | 'integer' | 'float' | 'boolean';

/** Longer values stand in the document and are found by their words; a keyword of them would serve nobody. */
const keywordBytesMax = 1024;

const definitions: { readonly [K in ValueKind]: FieldDefinition } = {
  date: { kind: 'date' },
  string: { kind: 'text', fields: { keyword: { kind: 'keyword', ignoreAbove: keywordBytesMax } } },
  integer: { kind: 'integer' },
  float: { kind: 'float' },
  boolean: { kind: 'boolean' },
};

/** What values of two kinds are together; the second of a pair alone is the wider one. */
const pairs: readonly (readonly [ValueKind, ValueKind])[] = [
  ['integer', 'float'],
  ['date', 'string'],
];

/** Null where no field takes both. */
function together(a: ValueKind, b: ValueKind): ValueKind | null {
  if (a === b) return a;
  return pairs.find((pair) => pair.includes(a) && pair.includes(b))?.[1] ?? null;
}

/** A kind for each path that the schema lacks; null where the values of one path do not go together, or no kind keeps one. */
type NewKinds = ReadonlyMap<string, ValueKind | null>;

/** Whether a document has a value that no field of the schema takes. */
export function isBeyondSchema(schema: IndexSchema, document: object): boolean {
  return newKinds(schema.fields, document).size > 0;
}

/** The fields to add to a schema for documents that are written together, in their order. */
export function fieldsToAdd(schema: IndexSchema, documents: Iterable<object>): Fields {
  const added = new Map<string, ValueKind>();
  const fields: Record<string, FieldDefinition> = {};
  let room = limits.fieldsMax - countFields(schema.fields);
  for (const document of documents) {
    const taken = take([schema.fields, fields], added, newKinds(schema.fields, document));
    if (taken === null) continue;
    const more = [...taken].reduce((sum, [path, kind]) => sum + sizeOf(kind) - sizeOf(added.get(path)), 0);
    if (more > room) continue;
    room -= more;
    for (const [path, kind] of taken) {
      added.set(path, kind);
      fields[path] = definitions[kind];
    }
  }
  return fields;
}

/** Fields that a kind takes, its sub-fields included. */
function sizeOf(kind: ValueKind | undefined): number {
  return kind === undefined ? 0 : countFields({ field: definitions[kind] });
}

/**
 * What the fields of a document are beside those there are; null where one of them cannot be.
 * @param present fields beside which they stand
 */
function take(
  present: readonly Fields[],
  added: ReadonlyMap<string, ValueKind>,
  kinds: NewKinds,
): ReadonlyMap<string, ValueKind> | null {
  const taken = new Map<string, ValueKind>();
  const own: Record<string, FieldDefinition> = {};
  for (const [path, kind] of kinds) {
    const before = added.get(path);
    const now = kind === null || before === undefined ? kind : together(before, kind);
    if (now === null || !canBe(path, now)) return null;
    if (before === undefined && [...present, own].some((fields) => collidesWith(fields, path))) return null;
    taken.set(path, now);
    own[path] = definitions[now];
  }
  return taken;
}

function canBe(path: string, kind: ValueKind): boolean {
  const longest = Object.keys(definitions[kind].fields ?? {}).reduce((most, sub) => Math.max(most, sub.length + 1), 0);
  return isFieldPath(path) && path.length + longest <= limits.fieldPathLengthMax;
}

function newKinds(known: Fields, document: object): NewKinds {
  const kinds = new Map<string, ValueKind | null>();
  const object = (value: object, prefix: string, depth: number): void => {
    for (const [name, inner] of Object.entries(value)) enter(inner, prefix + name, depth);
  };
  const enter = (value: unknown, path: string, depth: number): void => {
    if (value === null || depth > limits.documentDepthMax) return;
    if (Array.isArray(value)) for (const element of value) enter(element, path, depth + 1);
    else if (Object.hasOwn(known, path)) return;
    else if (typeof value === 'object') object(value, `${path}.`, depth + 1);
    else {
      const kind = kindOf(value);
      const before = kinds.get(path);
      if (before === undefined || kind === null) kinds.set(path, kind);
      else if (before !== null) kinds.set(path, together(before, kind));
    }
  };
  object(document, '', 1);
  return kinds;
}

/** Null for a whole number that is not exact: no kind keeps it, and two of them would become equal. */
function kindOf(value: unknown): ValueKind | null {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return 'integer';
    return Number.isInteger(value) ? null : 'float';
  }
  return parseDate(value as string) === undefined ? 'string' : 'date';
}
