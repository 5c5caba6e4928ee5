/**
 * Fields that documents have and their schema does not: what they become where `dynamic` is `true`. Pure.
 *
 * The rule: an ISO date is a `date`, another string a `text` with a sub-field `keyword`, a whole number an `integer`, another number a
 * `float`, `true` and `false` a `boolean`. Documents that come together are looked at in turn: one fraction among whole numbers makes a
 * `float`, one other string among dates a `text`; else the first value decides, and a later document with another has no part in it.
 *
 * A document brings all of its fields or none: what would be rejected leaves nothing behind in the schema.
 */
import { describeValue } from '../json/describe-value.ts';
import { limits } from '../limits.ts';
import { collisionWith, countFields, type Fields } from './collisions.ts';
import { fieldPathRule, isFieldPath } from './field-names.ts';
import { parseDate } from './kinds/date.ts';
import type { FieldDefinition, IndexSchema } from './schema.ts';
import { valueReader } from './values.ts';

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

/** Why a field cannot be, beside its name. */
interface Misfit {
  readonly reason: string;
  readonly [detail: string]: unknown;
}

/** The ways in which a field of the kind reads its values. */
const readersOf = new Map(
  Object.entries(definitions).map(([kind, field]) => {
    return [kind as ValueKind, [field, ...Object.values(field.fields ?? {})].map(valueReader)] as const;
  }),
);

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

/** A kind for each path that the schema lacks, or why its values have none. */
type NewKinds = ReadonlyMap<string, ValueKind | Misfit>;

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
    const taken = take({ present: [schema.fields, fields], added, room }, newKinds(schema.fields, document));
    if ('reason' in taken) continue;
    room -= taken.size;
    for (const [path, kind] of taken.kinds) {
      added.set(path, kind);
      fields[path] = definitions[kind];
    }
  }
  return fields;
}

/**
 * Why the fields of a document were not added, and which of them is the first that could not be.
 * @param document which is beyond the schema
 */
export function whyNotAdded(schema: IndexSchema, document: object): Misfit & { readonly field: string } {
  const kinds = newKinds(schema.fields, document);
  const room = limits.fieldsMax - countFields(schema.fields);
  const taken = take({ present: [schema.fields], added: new Map(), room }, kinds);
  if ('reason' in taken) return taken;
  // It could be by itself.
  const [field = ''] = kinds.keys();
  return { field, reason: 'other fields were added at the same time, by this body or by others' };
}

/** Fields that a kind takes, its sub-fields included. */
function sizeOf(kind: ValueKind | undefined): number {
  return kind === undefined ? 0 : countFields({ field: definitions[kind] });
}

interface Beside {
  /** Fields beside which those of the document stand. */
  readonly present: readonly Fields[];
  /** Those of them that documents before have brought. */
  readonly added: ReadonlyMap<string, ValueKind>;
  /** Fields that there may be more. */
  readonly room: number;
}

interface Taken {
  readonly kinds: ReadonlyMap<string, ValueKind>;
  /** Fields that there are more by it. */
  readonly size: number;
}

/** What the fields of a document are beside those there are, or the first of them that cannot be. */
function take({ present, added, room }: Beside, kinds: NewKinds): Taken | (Misfit & { readonly field: string }) {
  const taken = new Map<string, ValueKind>();
  const own: Record<string, FieldDefinition> = {};
  let size = 0;
  for (const [field, kind] of kinds) {
    if (typeof kind === 'object') return { field, ...kind };
    const before = added.get(field);
    const now = before === undefined ? kind : together(before, kind);
    if (now === null) return { field, reason: 'other documents have values there that no field takes beside these' };
    const misnamed = misnamedBy(field, now);
    if (misnamed !== null) return { field, ...misnamed };
    const other = before === undefined ? collisionWithAny([...present, own], field) : undefined;
    if (other !== undefined) return { field, reason: 'one of two fields would lie inside the other', other };
    size += sizeOf(now) - sizeOf(before);
    if (size > room) return { field, reason: 'the schema is full', limit: limits.fieldsMax };
    taken.set(field, now);
    own[field] = definitions[now];
  }
  return { kinds: taken, size };
}

function collisionWithAny(all: readonly Fields[], path: string): string | undefined {
  for (const fields of all) {
    const other = collisionWith(fields, path);
    if (other !== undefined) return other;
  }
  return undefined;
}

function misnamedBy(path: string, kind: ValueKind): Misfit | null {
  const longest = Object.keys(definitions[kind].fields ?? {}).reduce((most, sub) => Math.max(most, sub.length + 1), 0);
  const limit = limits.fieldPathLengthMax;
  const actual = path.length + longest;
  if (actual > limit) return { reason: 'the field name is longer than the limit', limit, actual };
  return isFieldPath(path) ? null : { reason: 'the field name is not allowed', expected: fieldPathRule };
}

const mixed: Misfit = { reason: 'the document has values there that no field takes together' };

function newKinds(known: Fields, document: object): NewKinds {
  const kinds = new Map<string, ValueKind | Misfit>();
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
      if (before === undefined) kinds.set(path, kind);
      else if (typeof before === 'string') {
        kinds.set(path, typeof kind === 'string' ? (together(before, kind) ?? mixed) : kind);
      }
    }
  };
  object(document, '', 1);
  return kinds;
}

function kindOf(value: unknown): ValueKind | Misfit {
  const kind = kindBySight(value);
  for (const read of readersOf.get(kind)!) {
    const reading = read(value);
    if (reading.kind !== 'wrong') continue;
    return { reason: 'no field keeps the value', expected: reading.expected, actual: describeValue(value) };
  }
  return kind;
}

function kindBySight(value: unknown): ValueKind {
  if (typeof value === 'boolean') return 'boolean';
  // A whole number that is not exact is kept by no kind: two of them would become equal.
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  return parseDate(value as string) === undefined ? 'string' : 'date';
}
