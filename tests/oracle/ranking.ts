/** The order of hits, straight from the `sort` a caller sends. */
import type { SortKey, SortValue } from '../../shared/ranking/order.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { compareValues, fieldNamed, type StoredDocument, valueOf, valuesOf } from './collection.ts';
import { factsOf, isAnalyzed, isNumeric } from './field-kinds.ts';
import { asList, asObject, asText, isObject, type Json, onlyEntry } from './json.ts';

/** One document of the answer, before any cut. */
export interface RankedHit {
  readonly document: StoredDocument;
  readonly score: number;
  /** Parallel to the sort keys. */
  readonly values: readonly SortValue[];
}

/** The sort keys; without a `sort` the score, descending. */
export function sortKeysOf(schema: IndexSchema, sort: Json | undefined): SortKey[] {
  const entries = asList(sort);
  return entries.length === 0 ? [{ by: 'score', descending: true }] : entries.map((entry) => sortKey(schema, entry));
}

function sortKey(schema: IndexSchema, entry: Json): SortKey {
  const [name, options] = isObject(entry) ? onlyEntry(entry) : [entry, {}];
  const long = isObject(options) ? asObject(options, ['order', 'missing', 'mode']) : {};
  const order = isObject(options) ? long['order'] : options;
  if (order !== undefined && order !== 'asc' && order !== 'desc') throw new Error('the oracle sorts asc or desc');
  if (name === '_score') return { by: 'score', descending: order !== 'asc' };
  if (name === '_doc') return { by: 'position', descending: order === 'desc' };
  const field = fieldNamed(schema, asText(name));
  if (isAnalyzed(field)) throw new Error('the oracle does not sort by a text');
  return {
    by: 'field',
    field: field.name,
    descending: order === 'desc',
    values: isNumeric(field.kind) ? 'number' : 'string',
    ...(long['missing'] === 'first' ? { missing: 'first' } : {}),
    ...(long['mode'] === 'min' || long['mode'] === 'max' ? { mode: long['mode'] } : {}),
  };
}

/** What a document is ordered by: of several values the one that `mode` says, else the least when ascending, the greatest when descending. */
export function sortValue(schema: IndexSchema, key: SortKey, document: StoredDocument, score: number): SortValue {
  if (key.by === 'score') return score;
  if (key.by === 'position') return document.position;
  const values = valuesOf(document, fieldNamed(schema, key.field)).sort(compareValues);
  const mode = key.mode ?? (key.descending ? 'max' : 'min');
  return (mode === 'max' ? values.at(-1) : values[0]) ?? null;
}

/** The values of a hit as answers show them. */
export function shownValues(schema: IndexSchema, keys: readonly SortKey[], { values }: RankedHit): SortValue[] {
  return keys.map((key, i) => {
    const value = values[i]!;
    const show = key.by === 'field' ? factsOf(fieldNamed(schema, key.field).kind).show : undefined;
    return value === null || show === undefined ? value : show(value);
  });
}

/** Negative when `a` comes before `b`: by the keys in turn, then by shard, then by arrival. */
export function compareRanks(keys: readonly SortKey[], a: RankedHit, b: RankedHit): number {
  const byArrival = a.document.shard - b.document.shard || a.document.position - b.document.position;
  for (const [i, key] of keys.entries()) {
    const order =
      key.by === 'position' ? byArrival * (key.descending ? -1 : 1) : compareKey(key, a.values[i]!, b.values[i]!);
    if (order !== 0) return order;
  }
  return byArrival;
}

function compareKey(key: SortKey, a: SortValue, b: SortValue): number {
  if (a === null && b === null) return 0;
  const empty = key.by === 'field' && key.missing === 'first' ? -1 : 1;
  if (a === null) return empty;
  if (b === null) return -empty;
  return key.descending ? compareValues(b, a) : compareValues(a, b);
}

/** Whether a hit ranks after all hits with these values, as `search_after` gives them: one for each key. */
export function ranksAfter(
  schema: IndexSchema,
  keys: readonly SortKey[],
  hit: RankedHit,
  json: Json | undefined,
): boolean {
  const values = asList(json);
  if (values.length !== keys.length) throw new Error('the oracle takes a value for each sort key');
  for (const [i, key] of keys.entries()) {
    const value = values[i]!;
    if (key.by !== 'field' || (value !== null && typeof value !== 'number' && typeof value !== 'string')) {
      throw new Error('the oracle pages by the values of fields, as the answers show them');
    }
    const { kind } = fieldNamed(schema, key.field);
    const kept = value === null || factsOf(kind).show === undefined ? value : valueOf(kind, value);
    const order = compareKey(key, hit.values[i]!, kept);
    if (order !== 0) return order > 0;
  }
  return false;
}
