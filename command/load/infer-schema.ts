/** Guesses a schema from documents. Pure. */
import { limits } from '../../shared/limits.ts';
import { fieldCollisions } from '../../shared/schema/collisions.ts';
import { parseDate } from '../../shared/schema/kinds/date.ts';
import type { FieldDefinition, IndexSchema } from '../../shared/schema/schema.ts';

/** A path of the documents that the schema leaves out, and why. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

export interface InferredSchema {
  readonly schema: IndexSchema;
  readonly leftOut: readonly LeftOut[];
}

/** Longer strings are prose rather than names: a keyword of them would serve nobody and could be too long. */
const keywordBytesMax = 1024;
const allowedPart = /^[A-Za-z0-9@-][A-Za-z0-9_@-]*$/;

type ValueKind = 'string' | 'longString' | 'date' | 'integer' | 'float' | 'boolean' | 'object';

/**
 * The schema that fits the documents. Strings become `text` with a sub-field `keyword`, or `date` where every one is
 * an ISO date; numbers `integer` where all are whole, else `float`. A path with values of kinds that do not go
 * together is left out, as is one with a name Sheaf does not allow: its values are stored, not searched, which is
 * also what `dynamic: "false"` does with fields that only later documents have.
 */
export function inferSchema(documents: Iterable<unknown>): InferredSchema {
  const kinds = new Map<string, Set<ValueKind>>();
  for (const document of documents) {
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
      collectProperties(document, '', 1, kinds);
    }
  }
  const fields: [string, FieldDefinition][] = [];
  const leftOut: LeftOut[] = [];
  for (const [path, found] of kinds) {
    if (found.size === 1 && found.has('object')) continue;
    const reading = fieldOf(path, found);
    if ('reason' in reading) leftOut.push({ path, reason: reading.reason });
    else fields.push([path, reading]);
  }
  const apart = withoutCollisions(fields, leftOut);
  return { schema: { fields: withinLimit(apart, leftOut), dynamic: 'false' }, leftOut };
}

/** A literal name with a dot can lie inside a field that holds values: the inner one is left out. */
function withoutCollisions(fields: readonly [string, FieldDefinition][], leftOut: LeftOut[]) {
  const collisions = fieldCollisions(Object.fromEntries(fields));
  const inner = new Map(collisions.map(({ field, inside }) => [field, inside]));
  for (const [path, inside] of inner) leftOut.push({ path, reason: `it lies inside the field ${inside}` });
  return fields.filter(([path]) => !inner.has(path));
}

function collectProperties(object: object, prefix: string, depth: number, kinds: Map<string, Set<ValueKind>>): void {
  for (const [name, value] of Object.entries(object)) collect(value, prefix + name, depth, kinds);
}

function collect(value: unknown, path: string, depth: number, kinds: Map<string, Set<ValueKind>>): void {
  if (value === null || depth > limits.documentDepthMax) return;
  if (Array.isArray(value)) {
    for (const element of value) collect(element, path, depth + 1, kinds);
    return;
  }
  let found = kinds.get(path);
  if (found === undefined) kinds.set(path, (found = new Set()));
  found.add(kindOf(value));
  if (typeof value === 'object') collectProperties(value, `${path}.`, depth + 1, kinds);
}

function kindOf(value: unknown): ValueKind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'float';
  if (typeof value !== 'string') return 'object';
  if (parseDate(value) !== undefined) return 'date';
  return Buffer.byteLength(value) > keywordBytesMax ? 'longString' : 'string';
}

function fieldOf(path: string, found: ReadonlySet<ValueKind>): FieldDefinition | { readonly reason: string } {
  if (!path.split('.').every((part) => allowedPart.test(part))) {
    return { reason: 'the name is not allowed: use A-Z, a-z, 0-9, _, @ and -, not beginning with _' };
  }
  if (`${path}.keyword`.length > limits.fieldPathLengthMax) return { reason: 'the name is too long' };
  const only = (...kinds: ValueKind[]): boolean => found.isSubsetOf(new Set(kinds));
  if (only('date')) return { kind: 'date' };
  if (only('string', 'date'))
    return { kind: 'text', fields: { keyword: { kind: 'keyword', ignoreAbove: keywordBytesMax } } };
  if (only('string', 'date', 'longString')) return { kind: 'text' };
  if (only('integer')) return { kind: 'integer' };
  if (only('integer', 'float')) return { kind: 'float' };
  if (only('boolean')) return { kind: 'boolean' };
  return { reason: `its values are of different kinds: ${[...new Set([...found].map(kindWords))].join(', ')}` };
}

function kindWords(kind: ValueKind): string {
  switch (kind) {
    case 'string':
    case 'longString':
    case 'date':
      return 'strings';
    case 'integer':
    case 'float':
      return 'numbers';
    case 'boolean':
      return 'booleans';
    case 'object':
      return 'objects';
  }
}

/** As many of the fields as one schema may have, in the order they were met; the others are left out. */
function withinLimit(fields: readonly [string, FieldDefinition][], leftOut: LeftOut[]): IndexSchema['fields'] {
  const kept: [string, FieldDefinition][] = [];
  let count = 0;
  for (const [path, definition] of fields) {
    const more = 1 + Object.keys(definition.fields ?? {}).length;
    if (count + more > limits.fieldsMax)
      leftOut.push({ path, reason: `a schema has at most ${limits.fieldsMax} fields` });
    else kept.push([path, definition]);
    if (count + more <= limits.fieldsMax) count += more;
  }
  return Object.fromEntries(kept);
}
