/** The documents of one index as the oracle keeps them, and the values of their fields, read anew for every question. */
import { termsOf as termsOfText } from '../../shared/analysis/analyzer.ts';
import { analyzerOf } from '../../shared/analysis/analyzers.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexedField, IndexSchema } from '../../shared/schema/schema.ts';
import { readValue } from '../../shared/schema/values.ts';
import type { Between } from './between.ts';
import { factsOf, isAnalyzed } from './field-kinds.ts';
import type { Json, JsonObject } from './json.ts';

export interface StoredDocument {
  readonly key: string;
  readonly source: JsonObject;
  readonly shard: number;
  /** When it arrived, over all shards: ascending, never used twice. Within a shard it orders as log offsets do. */
  readonly position: number;
}

export interface Collection {
  /** The name of the index. */
  readonly index: string;
  readonly schema: IndexSchema;
  readonly documents: readonly StoredDocument[];
}

/** The field a query names: `title`, or the sub-field `title.raw`. */
export function fieldNamed(schema: IndexSchema, name: string): IndexedField {
  for (const [path, definition] of Object.entries(schema.fields)) {
    if (name === path) return { ...definition, name, path };
    for (const [suffix, sub] of Object.entries(definition.fields ?? {})) {
      if (name === `${path}.${suffix}`) return { ...sub, name, path };
    }
  }
  throw new Error(`the oracle's schema has no field ${name}`);
}

/** The values a document has in a field, in the order written, repeats included; none for null, [] and absent. */
export function valuesOf(document: StoredDocument, field: IndexedField): (number | string)[] {
  return scalarsWithPaths(document.source, '')
    .filter(([path]) => path === field.path)
    .filter(([, value]) => !isIgnored(field, value))
    .map(([, value]) => valueOf(field.kind, value));
}

/** Written the long way, so that it is no copy of what the service does. */
function isIgnored({ ignoreAbove }: IndexedField, value: Json): boolean {
  return ignoreAbove !== undefined && typeof value === 'string' && new TextEncoder().encode(value).length > ignoreAbove;
}

/** The terms a document has in a text or keyword field, in order, repeats included. */
export function termsOf(document: StoredDocument, field: IndexedField): string[] {
  const values = valuesOf(document, field).map(String);
  return isAnalyzed(field) ? values.flatMap((text) => wordsOf(field, text)) : values;
}

/** The terms of a text by the analyzer of a field. */
export function wordsOf(field: IndexedField, text: string): string[] {
  return termsOfText(analyzerOf(field.analyzer), text);
}

/**
 * Where the terms of a text field stand in a document: the values of an array are 100 places apart, left-out words leave
 * gaps.
 */
export function placesOf(document: StoredDocument, field: IndexedField): Map<number, string> {
  const places = new Map<number, string>();
  let next = 0;
  for (const value of valuesOf(document, field)) {
    const start = next;
    for (const [term, position] of positionedWords(field, String(value))) {
      places.set(start + position, term);
      next = start + position + 1;
    }
    next += 100;
  }
  return places;
}

/** The terms of a text with their positions. */
export function positionedWords(field: IndexedField, text: string): [term: string, position: number][] {
  const words: [string, number][] = [];
  analyzerOf(field.analyzer).analyze(text, (term, position) => words.push([term, position]));
  return words;
}

/** One JSON value as a value of the kind. */
export function valueOf(kind: FieldKind, json: Json | undefined): number | string {
  const reading = readValue(kind, json);
  if (reading.kind === 'wrong') throw new Error(`${JSON.stringify(json)} is not ${reading.expected}`);
  return reading.value;
}

/** The values that an operand of a query stands for. */
export function betweenOf(kind: FieldKind, operand: Json | undefined): Between {
  const { between } = factsOf(kind);
  if (between !== undefined) return between(operand);
  const value = valueOf(kind, operand);
  return { first: value, last: value };
}

export function isBetween(value: number | string, { first, last }: Between): boolean {
  return compareValues(value, first) >= 0 && compareValues(value, last) <= 0;
}

/** Numbers by value, strings by code point (the order of their UTF-8 bytes). */
export function compareValues(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** Every scalar below a value with its dotted path; arrays add nothing to the path. */
function scalarsWithPaths(json: Json, path: string): [path: string, value: Json][] {
  if (json === null) return [];
  if (Array.isArray(json)) return json.flatMap((element) => scalarsWithPaths(element, path));
  if (typeof json !== 'object') return [[path, json]];
  return Object.entries(json).flatMap(([name, value]) =>
    scalarsWithPaths(value, path === '' ? name : `${path}.${name}`),
  );
}
