/** Keys of several values, over every document. */
import type { IndexedField } from '../../shared/schema/schema.ts';
import { borderOf, bucketOf } from './borders.ts';
import { type Bucket, bucketsBy } from './buckets.ts';
import { type Collection, compareValues, fieldNamed, type StoredDocument, valueOf, valuesOf } from './collection.ts';
import { rememberedFloor } from '../../shared/dates/slow-date-borders.fixture.ts';
import { factsOf } from './field-kinds.ts';
import { durationOf, intervalOf, shownDate } from './histograms.ts';
import { asList, asNumber, asObject, asText, type Json, type JsonObject, onlyEntry } from './json.ts';
import { listingNames, listTerms, valuesOr } from './terms-aggregations.ts';

type Value = number | string | null;
type Below = (documents: readonly StoredDocument[]) => JsonObject;

export function multiTermsAnswer(
  { schema }: Collection,
  documents: readonly StoredDocument[],
  json: JsonObject,
  below: Below,
): JsonObject {
  const request = asObject(json, ['terms', ...listingNames]);
  const parts = asList(request['terms']).map((part) => {
    const { field, missing } = asObject(part, ['field', 'missing']);
    return { field: fieldNamed(schema, asText(field)), missing };
  });
  const keysOf = (document: StoredDocument): string[] =>
    combinations(parts.map(({ field, missing }) => valuesOr(document, field, missing)));
  const buckets = bucketsBy(documents, keysOf).sort(byParts((a, b) => compareValues(a!, b!)));
  return listTerms(request, buckets, below, (bucket) => {
    const key = partsOf(bucket).map((value, i) => shownPart(parts[i]!.field, value!));
    return { key, key_as_string: key.join('|'), doc_count: bucket.documents.length };
  });
}

function shownPart({ kind }: IndexedField, value: number | string): string | number | boolean {
  const { keyAsString, show } = factsOf(kind);
  if (kind === 'boolean') return value === 1;
  return keyAsString?.(value) ?? show?.(value) ?? value;
}

interface Source {
  readonly name: string;
  readonly descending: boolean;
  /** Where documents without a value are; null where they are left out. */
  readonly missing: 'first' | 'last' | null;
  valuesOf(this: void, document: StoredDocument): Value[];
  show(this: void, value: number | string): Json;
  read(this: void, key: Json): number | string;
}

export function compositeAnswer(
  { schema }: Collection,
  documents: readonly StoredDocument[],
  json: JsonObject,
  below: Below,
): JsonObject {
  const request = asObject(json, ['sources', 'size', 'after']);
  const sources = asList(request['sources']).map((source) => readSource(schema, source));
  const compare = byParts((a, b, i) => compareInOrder(sources[i]!, a, b));
  const after = request['after'] === undefined ? null : readAfter(sources, asObject(request['after']));
  const page = bucketsBy(documents, (document) => combinations(sources.map((source) => source.valuesOf(document))))
    .sort(compare)
    .filter((bucket) => after === null || compare(bucket, { key: after, documents: [] }) > 0)
    .slice(0, asNumber(request['size'], 10));
  const shown = page.map((bucket) => {
    const key = Object.fromEntries(
      partsOf(bucket).map((value, i) => [sources[i]!.name, value === null ? null : sources[i]!.show(value)]),
    );
    return { key, doc_count: bucket.documents.length, ...below(bucket.documents) };
  });
  return { ...(shown.length === 0 ? {} : { after_key: shown.at(-1)!.key }), buckets: shown };
}

function readSource(schema: Collection['schema'], json: Json): Source {
  const [name, body] = onlyEntry(json);
  const [kind, options] = onlyEntry(body);
  const { field: path, order, missing_bucket: isInBucket, missing_order: missingOrder, ...rest } = asObject(options);
  const field = fieldNamed(schema, asText(path));
  const descending = order === 'desc';
  const least = descending ? 'last' : 'first';
  const missing =
    isInBucket !== true ? null : missingOrder === 'first' || missingOrder === 'last' ? missingOrder : least;
  const made =
    kind === 'histogram'
      ? madeByInterval(asObject(rest, ['interval', 'offset']))
      : kind === 'date_histogram'
        ? madeByDates(asObject(rest, ['calendar_interval', 'fixed_interval', 'time_zone', 'offset', 'format']))
        : madeOfTerms(field);
  return {
    name,
    descending,
    missing,
    show: made.show,
    read: made.read,
    valuesOf(document) {
      const values = valuesOf(document, field);
      return values.length === 0 ? (missing === null ? [] : [null]) : values.map((value) => made.make(value));
    },
  };
}

interface Made {
  make(this: void, value: number | string): number | string;
  show(this: void, value: number | string): Json;
  read(this: void, key: Json): number | string;
}

function madeOfTerms(field: IndexedField): Made {
  return {
    make: (value) => value,
    show: (value) => (field.kind === 'date' ? value : shownPart(field, value)),
    read: (key) => valueOf(field.kind, key),
  };
}

function madeByInterval(options: JsonObject): Made {
  const interval = asNumber(options['interval'], 0);
  const offset = asNumber(options['offset'], 0);
  const make = (value: number | string): number => bucketOf(Number(value), interval, offset);
  return { make, show: (value) => borderOf(Number(value), interval, offset), read: (key) => make(Number(key)) };
}

function madeByDates(options: JsonObject): Made {
  const [interval, format] = [intervalOf(options), options['format']];
  const zone = options['time_zone'] === undefined ? 'UTC' : asText(options['time_zone']);
  const offset = options['offset'] === undefined ? 0 : durationOf(asText(options['offset']));
  const make = (value: number | string): number => rememberedFloor(Number(value), interval, zone, offset);
  return {
    make,
    show: (value) => (format === undefined ? Number(value) : shownDate(Number(value), zone, format)),
    // Texts are days here.
    read: (key) =>
      make(
        typeof key === 'number' ? key : Temporal.PlainDate.from(asText(key)).toZonedDateTime(zone).epochMilliseconds,
      ),
  };
}

function readAfter(sources: readonly Source[], after: JsonObject): string {
  const names = sources.map(({ name }) => name);
  const keys = asObject(after, names);
  return JSON.stringify(
    sources.map(({ name, read }) => {
      const key = keys[name];
      if (key === undefined) throw new Error(`the oracle finds no ${name} in after`);
      return key === null ? null : read(key);
    }),
  );
}

/** Every array with a value of each list, as JSON. */
function combinations(lists: readonly (readonly Value[])[]): string[] {
  let tuples: Value[][] = [[]];
  for (const list of lists) tuples = tuples.flatMap((tuple) => list.map((value) => [...tuple, value]));
  return tuples.map((tuple) => JSON.stringify(tuple));
}

function partsOf({ key }: Bucket): Value[] {
  return JSON.parse(String(key)) as Value[];
}

function compareInOrder({ descending, missing }: Source, a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return missing === 'first' ? -1 : 1;
  if (b === null) return missing === 'first' ? 1 : -1;
  return descending ? compareValues(b, a) : compareValues(a, b);
}

function byParts(compare: (a: Value, b: Value, i: number) => number): (a: Bucket, b: Bucket) => number {
  return (a, b) => {
    const others = partsOf(b);
    for (const [i, value] of partsOf(a).entries()) {
      const order = compare(value, others[i]!, i);
      if (order !== 0) return order;
    }
    return 0;
  };
}
