/** What metrics are, over the documents that match: each from the list of all values, in the plainest way. */
import { nearest, unitsOf } from '../../shared/aggregation/slow-sum.fixture.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { type Collection, compareValues, fieldNamed, type StoredDocument, valueOf, valuesOf } from './collection.ts';
import { factsOf, isNumeric } from './field-kinds.ts';
import { asList, asNumber, asObject, asText, type Json, type JsonObject, onlyEntry } from './json.ts';
import { topHits } from './top-hits.ts';

type Metric = (documents: readonly StoredDocument[], field: IndexedField, body: JsonObject) => JsonObject;

/** All values, ascending; the `missing` of the request for documents without one. */
function allValues(
  documents: readonly StoredDocument[],
  field: IndexedField,
  missing: Json | undefined,
): (number | string)[] {
  const without = missing === undefined ? [] : [valueOf(field.kind, missing)];
  const values = documents.flatMap((document) => {
    const own = valuesOf(document, field);
    return own.length === 0 ? without : own;
  });
  return values.sort(compareValues);
}

/** @param answer from all values, ascending */
function metric(
  answer: (numbers: readonly number[], body: JsonObject, kind: FieldKind) => JsonObject,
  options: readonly string[] = [],
): Metric {
  return (documents, field, json) => {
    const body = asObject(json, ['field', 'missing', ...options]);
    if (!isNumeric(field.kind)) throw new Error('the oracle adds up no keywords');
    return answer(allValues(documents, field, body['missing']).map(Number), body, field.kind);
  };
}

export const metrics = {
  min: metric((numbers, _body, kind) => withText(kind, { value: numbers[0] ?? null })),
  max: metric((numbers, _body, kind) => withText(kind, { value: numbers.at(-1) ?? null })),
  // Sums of dates may be told as text, or be none any more.
  sum: metric((numbers) => ({ value: sumOf(numbers) })),
  avg: metric((numbers) => ({ value: meanOf(numbers) })),
  stats: metric((numbers, _body, kind) => {
    const { count, min, max, avg, sum } = stats(numbers);
    // Texts come after all numbers.
    return { count: count!, min: min!, max: max!, avg: avg!, sum: sum!, ...withText(kind, { min: min!, max: max! }) };
  }),
  extended_stats: metric(extendedStats, ['sigma']),
  value_count: (documents, field, json) => {
    const body = asObject(json, ['field', 'missing']);
    return { value: allValues(documents, field, body['missing']).length };
  },
  // Collections of tests are far below the threshold.
  cardinality: (documents, field, json) => {
    const body = asObject(json, ['field', 'precision_threshold', 'missing']);
    const distinct = new Set(allValues(documents, field, body['missing'])).size;
    if (distinct > asNumber(body['precision_threshold'], 3000)) throw new Error('the oracle does not estimate');
    return { value: distinct, error: 0 };
  },
  percentiles: metric(
    (numbers, body, kind) => {
      const percents = asList(body['percents'] ?? [1, 5, 25, 50, 75, 95, 99]).map(Number);
      return manyOf(numbers, body, percents, (percent) => percentileOf(numbers, percent), kind);
    },
    ['percents', 'keyed'],
  ),
  percentile_ranks: metric(
    (numbers, body) => {
      const asked = asList(body['values']).map(Number);
      const rankOf = (value: number): number | null =>
        numbers.length === 0 ? null : (100 * numbers.filter((number) => number <= value).length) / numbers.length;
      return manyOf(numbers, body, asked, rankOf, null);
    },
    ['values', 'keyed'],
  ),
} as const satisfies Readonly<Record<string, Metric>>;

/** Those that name fields deeper down. */
export const ofSeveralFields = { weighted_avg: weightedAvg, top_hits: topHits, top_metrics: topMetrics } as const;

/** The mean of values, each as often as the weight of its document says. */
function weightedAvg(collection: Collection, documents: readonly StoredDocument[], json: JsonObject): JsonObject {
  const body = asObject(json, ['value', 'weight']);
  const [value, weight] = [
    asObject(body['value'], ['field', 'missing']),
    asObject(body['weight'], ['field', 'missing']),
  ];
  const [valueField, weightField] = [value, weight].map(({ field }) => fieldNamed(collection.schema, asText(field)));
  let [products, weights] = [0n, 0n];
  for (const document of documents) {
    const values = allValues([document], valueField!, value['missing']);
    const own = allValues([document], weightField!, weight['missing']);
    if (values.length > 0 && own.length > 1) throw new Error('the oracle knows one weight a document');
    for (const each of own.length === 0 ? [] : values) {
      products += unitsOf(Number(each)) * unitsOf(Number(own[0]));
      weights += unitsOf(Number(own[0]));
    }
  }
  return { value: weights === 0n ? null : nearest(products / weights) };
}

type Told = number | string | null;

/** The values of the first documents by one field; of equal ones the values decide, those of none last. */
function topMetrics({ schema }: Collection, documents: readonly StoredDocument[], json: JsonObject): JsonObject {
  const body = asObject(json, ['metrics', 'sort', 'size']);
  const fields = asList(body['metrics']).map((each) => fieldNamed(schema, asText(asObject(each, ['field'])['field'])));
  const [name, options] = onlyEntry(body['sort']);
  const { order, mode, missing } = asObject(options, ['order', 'mode', 'missing']);
  const sortField = fieldNamed(schema, name);
  const isDescending = order === 'desc';
  const countsGreatest = mode === undefined ? isDescending : mode === 'max';
  const rows = documents.map((document): Told[] => [
    allValues([document], sortField, undefined).at(countsGreatest ? -1 : 0) ?? null,
    ...fields.map((field) => toldOf(document, field)),
  ]);
  const compare = (a: Told, b: Told, sign: number, isNoneFirst: boolean): number => {
    if (a === null || b === null) return a === b ? 0 : (a === null) === isNoneFirst ? -1 : 1;
    return sign * compareValues(a, b);
  };
  rows.sort((a, b) => {
    const orders = a.map((own, i) =>
      i === 0 ? compare(own, b[i]!, isDescending ? -1 : 1, missing === 'first') : compare(own, b[i]!, 1, false),
    );
    return orders.find((found) => found !== 0) ?? 0;
  });
  const top = rows.slice(0, asNumber(body['size'], 1)).map(([sort, ...told]) => ({
    sort: [shownTold(sortField.kind, sort!)],
    metrics: Object.fromEntries(fields.map((field, i) => [field.name, shownTold(field.kind, told[i]!)])),
  }));
  return { top };
}

/** The mean of numbers, the first of strings. */
function toldOf(document: StoredDocument, field: IndexedField): Told {
  if (isNumeric(field.kind)) return meanOf(valuesOf(document, field).map(Number));
  return allValues([document], field, undefined)[0] ?? null;
}

function shownTold(kind: FieldKind, told: Told): Told {
  if (told === null) return null;
  const { keyAsString, show } = factsOf(kind);
  return keyAsString?.(told) ?? show?.(told) ?? told;
}

/** Each number as text beside them, where the kind has texts. */
function withText(kind: FieldKind, numbers: JsonObject): JsonObject {
  const { keyAsString } = factsOf(kind);
  const texts = Object.entries(numbers).flatMap(([name, value]): [string, Json][] =>
    value === null || keyAsString === undefined ? [] : [[`${name}_as_string`, keyAsString(Number(value))]],
  );
  return { ...numbers, ...Object.fromEntries(texts) };
}

/** Exactly, in units so small that all doubles are whole numbers of them. */
function unitsIn(numbers: readonly number[]): bigint {
  return numbers.reduce((total, value) => total + unitsOf(value), 0n);
}

/** Of squares, in units of units. */
function squaresIn(numbers: readonly number[]): bigint {
  return numbers.reduce((total, value) => total + unitsOf(value) ** 2n, 0n);
}

/** The nearest double to what is exact in units of units. */
function nearestOfSquares(squares: bigint): number {
  return nearest(squares / unitsOf(1));
}

function sumOf(numbers: readonly number[]): number {
  return nearest(unitsIn(numbers));
}

function meanOf(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : nearest(unitsIn(numbers) / BigInt(numbers.length));
}

function stats(numbers: readonly number[]): JsonObject {
  return {
    count: numbers.length,
    min: numbers[0] ?? null,
    max: numbers.at(-1) ?? null,
    avg: meanOf(numbers),
    sum: sumOf(numbers),
  };
}

function extendedStats(numbers: readonly number[], body: JsonObject): JsonObject {
  const mean = meanOf(numbers);
  const sigma = asNumber(body['sigma'], 2);
  const squares = squaresIn(numbers);
  // So many times the squares of all distances from the mean.
  const apart = BigInt(numbers.length) * squares - unitsIn(numbers) ** 2n;
  const varianceOf = (degrees: number): number | null =>
    degrees < 1 ? null : nearestOfSquares(apart / BigInt(numbers.length * degrees));
  const deviationOf = (variance: number | null): number | null => (variance === null ? null : Math.sqrt(variance));
  const bound = (side: number, deviation: number | null): number | null =>
    deviation === null ? null : mean! + side * sigma * deviation;
  const [population, sampling] = [varianceOf(numbers.length), varianceOf(numbers.length - 1)];
  const [ofPopulation, ofSampling] = [deviationOf(population), deviationOf(sampling)];
  return {
    ...stats(numbers),
    sum_of_squares: numbers.length === 0 ? null : nearestOfSquares(squares),
    variance: population,
    variance_population: population,
    variance_sampling: sampling,
    std_deviation: ofPopulation,
    std_deviation_population: ofPopulation,
    std_deviation_sampling: ofSampling,
    std_deviation_bounds: {
      upper: bound(1, ofPopulation),
      lower: bound(-1, ofPopulation),
      upper_population: bound(1, ofPopulation),
      lower_population: bound(-1, ofPopulation),
      upper_sampling: bound(1, ofSampling),
      lower_sampling: bound(-1, ofSampling),
    },
  };
}

function percentileOf(numbers: readonly number[], percent: number): number | null {
  if (numbers.length === 0) return null;
  const place = (percent / 100) * (numbers.length - 1);
  const [low, high] = [numbers[Math.floor(place)]!, numbers[Math.ceil(place)]!];
  return low + (place - Math.floor(place)) * (high - low);
}

/** The values of many keys. Collections of tests are as small as those whose values are all kept. */
function manyOf(
  numbers: readonly number[],
  body: JsonObject,
  asked: readonly number[],
  valueFor: (key: number) => number | null,
  kind: FieldKind | null,
): JsonObject {
  if (numbers.length > 1000) throw new Error('the oracle does not estimate');
  const shown = asked
    .toSorted((a, b) => a - b)
    .map((key) => {
      const value = valueFor(key);
      const keyAsString = kind === null ? undefined : factsOf(kind).keyAsString;
      const text = value === null || keyAsString === undefined ? {} : { value_as_string: keyAsString(value) };
      return { key, value, ...text };
    });
  if (body['keyed'] === false) return { values: shown, error: 0 };
  const entries = shown.flatMap(({ key, value, ...text }): [string, Json][] => {
    const name = Number.isInteger(key) ? `${key}.0` : String(key);
    const asString = Object.values(text).map((each): [string, Json] => [`${name}_as_string`, each]);
    return [[name, value], ...asString];
  });
  return { values: Object.fromEntries(entries), error: 0 };
}
