/** Aggregations, straight from the JSON a caller sends, over the documents that match; the answer in the caller's shape. */
import type { AggregationKind } from '../../shared/aggregation/definition.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { type Collection, compareValues, fieldNamed, type StoredDocument, valuesOf } from './collection.ts';
import { factsOf, isAnalyzed, isNumeric } from './field-kinds.ts';
import { filterAnswers } from './filter-aggregations.ts';
import { isPipeline, withBeside, withInside } from './pipelines.ts';
import { asNumber, asObject, asText, type Json, type JsonObject, onlyEntry } from './json.ts';

/** Results by the caller's names. */
export function aggregate(
  collection: Collection,
  documents: readonly StoredDocument[],
  requests: JsonObject,
): JsonObject {
  const own = Object.entries(requests).filter(([, request]) => !isPipeline(request));
  const results = Object.fromEntries(own.map(([name, request]) => [name, one(collection, documents, request)]));
  return withBeside(results, requests);
}

function one(collection: Collection, documents: readonly StoredDocument[], json: Json): JsonObject {
  return withInside(withoutPipelines(collection, documents, json), subRequests(asObject(json)));
}

function subRequests(request: JsonObject): JsonObject {
  return asObject(request['aggs'] ?? request['aggregations'] ?? {});
}

function withoutPipelines(collection: Collection, documents: readonly StoredDocument[], json: Json): JsonObject {
  const request = asObject(json);
  const children = subRequests(request);
  const rest = Object.entries(request).filter(([name]) => name !== 'aggs' && name !== 'aggregations');
  const [kind, body] = onlyEntry(Object.fromEntries(rest));
  const below = (inBucket: readonly StoredDocument[]): JsonObject => aggregate(collection, inBucket, children);
  if (isFilterKind(kind)) return filterAnswers[kind](collection, documents, body, below);
  const field = fieldNamed(collection.schema, asText(asObject(body)['field']));
  if (isAnalyzed(field)) throw new Error('the oracle does not aggregate a text');
  if (!Object.hasOwn(answers, kind)) throw new Error(`the oracle does not know the aggregation ${kind}`);
  return answers[kind as FieldAggregationKind](documents, field, asObject(body), below);
}

type FilterKind = keyof typeof filterAnswers;
type FieldAggregationKind = Exclude<AggregationKind, FilterKind>;

function isFilterKind(kind: string): kind is FilterKind {
  return Object.hasOwn(filterAnswers, kind);
}

type Answer = (
  documents: readonly StoredDocument[],
  field: IndexedField,
  body: JsonObject,
  below: (documents: readonly StoredDocument[]) => JsonObject,
) => JsonObject;

const answers: Readonly<Record<FieldAggregationKind, Answer>> = {
  terms: termsBuckets,
  histogram,
  min: metric((numbers) => ({ value: numbers[0] ?? null })),
  max: metric((numbers) => ({ value: numbers.at(-1) ?? null })),
  sum: metric((numbers) => ({ value: sumOf(numbers) })),
  avg: metric((numbers) => ({ value: meanOf(numbers) })),
  stats: metric((numbers) => ({
    count: numbers.length,
    min: numbers[0] ?? null,
    max: numbers.at(-1) ?? null,
    avg: meanOf(numbers),
    sum: sumOf(numbers),
  })),
  value_count: (documents, field, body) => {
    asObject(body, ['field']);
    return { value: allValues(documents, field).length };
  },
  // Collections of tests are far below the threshold.
  cardinality: (documents, field, body) => {
    const distinct = new Set(allValues(documents, field)).size;
    const threshold = asNumber(asObject(body, ['field', 'precision_threshold'])['precision_threshold'], 3000);
    if (distinct > threshold) throw new Error('the oracle does not estimate');
    return { value: distinct, error: 0 };
  },
};

/** @param answer from all values, ascending */
function metric(answer: (numbers: readonly number[]) => JsonObject): Answer {
  return (documents, field, body) => {
    asObject(body, ['field']);
    if (!isNumeric(field.kind)) throw new Error('the oracle adds up no keywords');
    return answer(
      allValues(documents, field)
        .map(Number)
        .sort((a, b) => a - b),
    );
  };
}

function allValues(documents: readonly StoredDocument[], field: IndexedField): (number | string)[] {
  return documents.flatMap((document) => valuesOf(document, field));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}

function meanOf(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : sumOf(numbers) / numbers.length;
}

interface Bucket {
  readonly key: number | string;
  readonly documents: readonly StoredDocument[];
}

/** The documents by key; one with several keys is in several buckets, in each once. Keys ascending. */
function bucketsBy(
  documents: readonly StoredDocument[],
  keysOf: (document: StoredDocument) => readonly (number | string)[],
): Bucket[] {
  const groups = new Map<number | string, StoredDocument[]>();
  for (const document of documents) {
    for (const key of new Set(keysOf(document))) groups.set(key, [...(groups.get(key) ?? []), document]);
  }
  return [...groups].map(([key, group]) => ({ key, documents: group })).sort((a, b) => compareValues(a.key, b.key));
}

function showBucket(
  bucket: Bucket,
  kind: FieldKind,
  below: (documents: readonly StoredDocument[]) => JsonObject,
): Json {
  const { key, documents } = bucket;
  const { keyAsString, show } = factsOf(kind);
  const shown: JsonObject = keyAsString === undefined ? {} : { key_as_string: keyAsString(key) };
  return { key: show === undefined ? key : show(key), ...shown, doc_count: documents.length, ...below(documents) };
}

function termsBuckets(
  documents: readonly StoredDocument[],
  field: IndexedField,
  json: JsonObject,
  below: (documents: readonly StoredDocument[]) => JsonObject,
): JsonObject {
  const request = asObject(json, ['field', 'size', 'shard_size', 'order', 'min_doc_count']);
  const [orderBy, direction] = onlyEntry(request['order'] ?? { _count: 'desc' });
  const enough = asNumber(request['min_doc_count'], 1);
  const buckets = bucketsBy(documents, (document) => valuesOf(document, field));
  if (orderBy === '_key' && direction === 'desc') buckets.reverse();
  else if (orderBy === '_count' && direction === 'desc') {
    // Array.sort is stable, so equal counts stay in ascending order of their keys.
    buckets.sort((a, b) => b.documents.length - a.documents.length);
  } else if (orderBy !== '_key' || direction !== 'asc') throw new Error('the oracle does not know this order');
  const shown = buckets.filter((bucket) => bucket.documents.length >= enough).slice(0, asNumber(request['size'], 10));
  const countAll = (some: readonly Bucket[]): number => some.reduce((sum, bucket) => sum + bucket.documents.length, 0);
  return {
    doc_count_error_upper_bound: 0,
    // Every bucket that is not part of the answer counts, whether it was too small or came too late.
    sum_other_doc_count: countAll(buckets) - countAll(shown),
    buckets: shown.map((bucket) => showBucket(bucket, field.kind, below)),
  };
}

function histogram(
  documents: readonly StoredDocument[],
  field: IndexedField,
  json: JsonObject,
  below: (documents: readonly StoredDocument[]) => JsonObject,
): JsonObject {
  const request = asObject(json, ['field', 'interval', 'offset', 'min_doc_count']);
  const interval = asNumber(request['interval'], 0);
  const offset = asNumber(request['offset'], 0);
  const enough = asNumber(request['min_doc_count'], 0);
  const found = bucketsBy(documents, (document) =>
    valuesOf(document, field).map((value) => bucketOf(Number(value), interval, offset)),
  );
  const numbers = found.map((bucket) => Number(bucket.key));
  if (!numbers.every(Number.isSafeInteger)) throw new Error('the oracle cannot tell such small intervals apart');
  const first = numbers[0] ?? 0;
  const buckets: Bucket[] = [];
  for (let number = first; number <= (numbers.at(-1) ?? first - 1); number++) {
    const held = found.find((bucket) => bucket.key === number)?.documents ?? [];
    const units = BigInt(number) * inUnits(interval) + inUnits(offset);
    if (held.length >= enough) buckets.push({ key: Number(`${units}e-${decimals}`), documents: held });
  }
  return { buckets: buckets.map((bucket) => showBucket(bucket, field.kind, below)) };
}

/** More than any number here has: of binary fractions down to an eighth, and of what is written with a few digits. */
const decimals = 20;

/** A number by its digits, in units of the last decimal. */
function inUnits(number: number): bigint {
  const [mantissa = '', exponent = '0'] = String(number).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(decimals - fraction.length + Number(exponent));
}

function bucketOf(value: number, interval: number, offset: number): number {
  const [distance, width] = [inUnits(value) - inUnits(offset), inUnits(interval)];
  return Number((distance - (((distance % width) + width) % width)) / width);
}
