/** Guesses a schema from documents. Pure. */
import { limits } from '../../shared/limits.ts';
import { fieldCollisions } from '../../shared/schema/collisions.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import type { FieldDefinition, IndexSchema } from '../../shared/schema/schema.ts';
import { keywordBytesMax, type DocumentStatistics, type FieldStatistics, type ValueKind } from './field-statistics.ts';

/** A path of the documents that the schema leaves out, and why. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/** A field of which a few values are of another kind than the schema says: their documents will be rejected. */
export interface Oddity {
  readonly path: string;
  readonly values: number;
}

export interface InferredSchema {
  readonly schema: IndexSchema;
  readonly leftOut: readonly LeftOut[];
  readonly oddities: readonly Oddity[];
}

export interface InferOptions {
  /** Kinds that the user said, by path. */
  readonly set?: ReadonlyMap<string, FieldKind>;
  /** Values of different kinds were all text in the file, and can stay it. */
  readonly textWhereMixed?: boolean;
}

const allowedPart = /^[A-Za-z0-9@-][A-Za-z0-9_@-]*$/;

/** Strings from which on it is seen whether they repeat, or are words. */
const repeatingMin = 20;
const wordsMin = 3;

/**
 * The schema that fits the documents. Strings become `date` where every one is an ISO date; `keyword` where they are URLs, single
 * words, or few that repeat; else `text` with a sub-field `keyword`. Numbers are `integer` where all are whole, else `float`; a path
 * with whole numbers beyond 2^53 is left out, as no kind holds them. A path with values of kinds that do not go together is left out, as is one with a name Sheaf does not allow: its values are stored,
 * not searched, which is also what `dynamic: "false"` does with fields that only later documents have.
 */
export function inferSchema(
  { fields: statistics }: DocumentStatistics,
  { set = new Map(), textWhereMixed = false }: InferOptions = {},
): InferredSchema {
  const fields: [string, FieldDefinition][] = [...set].map(([path, kind]) => [path, { kind }]);
  const leftOut: LeftOut[] = [];
  const oddities: Oddity[] = [];
  for (const [path, found] of statistics) {
    if (set.has(path) || (found.kinds.size === 1 && found.kinds.has('object'))) continue;
    const { usual, odd } = withoutOddities(found.kinds);
    const reading = fieldOf(path, found, {
      kinds: textWhereMixed ? new Set(found.kinds.keys()) : usual,
      textWhereMixed,
    });
    if ('reason' in reading) leftOut.push({ path, reason: reading.reason });
    else {
      fields.push([path, reading]);
      if (odd > 0 && !textWhereMixed) oddities.push({ path, values: odd });
    }
  }
  const apart = withoutCollisions(fields, leftOut);
  return { schema: { fields: withinLimit(apart, leftOut), dynamic: 'false' }, leftOut, oddities };
}

/** A literal name with a dot can lie inside a field that holds values: the inner one is left out. */
function withoutCollisions(fields: readonly [string, FieldDefinition][], leftOut: LeftOut[]) {
  const collisions = fieldCollisions(Object.fromEntries(fields));
  const inner = new Map(collisions.map(({ field, inside }) => [field, inside]));
  for (const [path, inside] of inner) leftOut.push({ path, reason: `it lies inside the field ${inside}` });
  return fields.filter(([path]) => !inner.has(path));
}

function fieldOf(
  path: string,
  statistics: FieldStatistics,
  { kinds: found, textWhereMixed }: { readonly kinds: ReadonlySet<ValueKind>; readonly textWhereMixed: boolean },
): FieldDefinition | { readonly reason: string } {
  if (!path.split('.').every((part) => allowedPart.test(part))) {
    return { reason: 'the name is not allowed: use A-Z, a-z, 0-9, _, @ and -, not beginning with _' };
  }
  if (`${path}.keyword`.length > limits.fieldPathLengthMax) return { reason: 'the name is too long' };
  const only = (...kinds: ValueKind[]): boolean => found.isSubsetOf(new Set(kinds));
  if (textWhereMixed && (found.has('wideInteger') || (found.size > 1 && !only('integer', 'float'))))
    return { kind: 'keyword', ignoreAbove: keywordBytesMax };
  if (only('date')) return { kind: 'date' };
  if (only('string', 'date') && isName(statistics)) {
    const keyword: FieldDefinition = { kind: 'keyword', ignoreAbove: keywordBytesMax };
    // A value of several words may be looked for by one of them.
    return statistics.words === statistics.strings ? keyword : { ...keyword, fields: { text: { kind: 'text' } } };
  }
  if (only('string', 'date'))
    return { kind: 'text', fields: { keyword: { kind: 'keyword', ignoreAbove: keywordBytesMax } } };
  if (only('string', 'date', 'longString')) return { kind: 'text' };
  if (only('integer')) return { kind: 'integer' };
  if (only('integer', 'float')) return { kind: 'float' };
  if (only('boolean')) return { kind: 'boolean' };
  if (only('integer', 'wideInteger', 'float')) {
    return { reason: 'it has whole numbers beyond 2^53, which a float would round: write them as strings' };
  }
  return { reason: `its values are of different kinds: ${[...new Set([...found].map(kindWords))].join(', ')}` };
}

const rareShare = 0.01;
const groups: readonly (readonly ValueKind[])[] = [
  ['integer', 'float'],
  ['string', 'date', 'longString'],
  ['boolean'],
  ['object'],
];

/** One value in a hundred does not make of a column of numbers one of nothing: it is rejected with its document. */
function withoutOddities(kinds: ReadonlyMap<ValueKind, number>): { usual: ReadonlySet<ValueKind>; odd: number } {
  const countOf = (group: readonly ValueKind[]): number => group.reduce((sum, kind) => sum + (kinds.get(kind) ?? 0), 0);
  const all = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  const main = groups.find((group) => !group.includes('object') && countOf(group) >= all * (1 - rareShare));
  // A float takes them all, and rounds them.
  const wouldRound = kinds.has('wideInteger') && kinds.has('float');
  if (main === undefined || wouldRound) return { usual: new Set(kinds.keys()), odd: 0 };
  return { usual: new Set(main.filter((kind) => kinds.has(kind))), odd: all - countOf(main) };
}

/** Whether nobody would look for a word inside: URLs, identifiers, and values of which there are few. */
function isName({ strings, distinct, words, urls }: FieldStatistics): boolean {
  if (urls === strings) return true;
  if (words === strings && strings >= wordsMin) return true;
  return strings >= repeatingMin && distinct.size <= strings / 4;
}

function kindWords(kind: ValueKind): string {
  switch (kind) {
    case 'string':
    case 'longString':
    case 'date':
      return 'strings';
    case 'integer':
    case 'wideInteger':
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
