/** Random bodies of searches over the schema in generate-values.ts. */
import type { Random } from '../../shared/random/random.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import { withAddresses } from './generate-addresses.ts';
import { fieldOf, randomQuery } from './generate-queries.ts';
import { randomTerms } from './generate-terms.ts';
import { randomComposite, randomMultiTerms } from './generate-tuples.ts';
import { fieldsOfKind } from './generate-values.ts';
import type { Json, JsonObject } from './json.ts';

/** Kinds with values one can add up: those of the metrics and histograms. */
const quantityKinds: readonly FieldKind[] = ['integer', 'float', 'date'];
const valueKinds: readonly FieldKind[] = ['keyword', 'boolean', ...quantityKinds];

/** A body with any of the properties a search has. */
export function randomSearch(random: Random): JsonObject {
  return withAddresses(plainSearch(random));
}

/** One that does not ask for addresses. */
export function plainSearch(random: Random): JsonObject {
  const body: Record<string, Json> = {};
  if (random.chance(0.9)) body['query'] = randomQuery(random, 3);
  if (random.chance(0.6)) body['size'] = random.pick([0, 1, 3, 20, 1000]);
  if (random.chance(0.3)) body['from'] = random.pick([0, 1, 5, 50, 500]);
  if (random.chance(0.4)) body['sort'] = randomSort(random);
  const hits = Number(body['from'] ?? 0) + Number(body['size'] ?? 10);
  if (body['sort'] === undefined && hits <= 100 && random.chance(0.3)) body['explain'] = true;
  if (random.chance(0.3)) body['_source'] = randomSource(random);
  if (random.chance(0.3)) body['track_total_hits'] = random.pick<Json>([true, false, 1, 10, 100]);
  if (random.chance(0.4)) body[random.pick(['aggs', 'aggregations'])] = randomAggregations(random, topDepth);
  return body;
}

function randomSort(random: Random): Json {
  const names = random.shuffle(['_score', '_doc', ...Array.from({ length: 3 }, () => fieldOf(random, valueKinds))]);
  const keys = [...new Set(names)].slice(0, random.integer(1, 3)).map((name): Json => {
    const order = random.pick(['asc', 'desc']);
    const more = name.startsWith('_') ? {} : sortOptions(random);
    return random.pick<Json>([name, { [name]: order }, { [name]: { order, ...more } }]);
  });
  return keys.length === 1 && random.chance(0.3) ? keys[0]! : keys;
}

function sortOptions(random: Random): JsonObject {
  return {
    ...(random.chance(0.5) ? { missing: random.pick(['first', 'last']) } : {}),
    ...(random.chance(0.5) ? { mode: random.pick(['min', 'max']) } : {}),
  };
}

const patterns = [
  'id',
  'title',
  'author',
  'author.name',
  'parts.*',
  'parts.size',
  '*e',
  'a*.n*',
  'tags',
  'nothing',
  '*',
];

function randomSource(random: Random): Json {
  const some = (): string[] => Array.from({ length: random.integer(1, 3) }, () => random.pick(patterns));
  return random.pick<Json>([
    true,
    false,
    random.pick(patterns),
    some(),
    { includes: some() },
    { excludes: some() },
    { includes: some(), excludes: some() },
  ]);
}

/** Levels below those at the top. */
const topDepth = 2;

const metrics = ['min', 'max', 'sum', 'avg', 'stats', 'value_count', 'cardinality'];
/** Those that take any value. */
const ofAnyKind = ['value_count', 'cardinality'];

/** One to three aggregations with up to `depth` levels of further ones below their buckets. */
function randomAggregations(random: Random, depth: number): JsonObject {
  const names = ['a', 'by tag', '__x__'].slice(0, random.integer(1, 3));
  return Object.fromEntries(names.map((name) => [name, randomAggregation(random, depth)]));
}

function randomAggregation(random: Random, depth: number): JsonObject {
  if (random.chance(0.4)) return randomMetric(random);
  const aggs = depth > 0 && random.chance(0.5) ? randomAggregations(random, depth - 1) : null;
  const buckets = randomBuckets(random, depth, aggs ?? {});
  return aggs === null ? buckets : { ...buckets, aggs };
}

function randomBuckets(random: Random, depth: number, aggs: JsonObject): JsonObject {
  const field = (): string => fieldOf(random, valueKinds);
  if (random.chance(0.4)) return { histogram: randomHistogram(random) };
  // At the top only: composite has to be, and combinations within combinations would be more than an answer may have.
  if (depth === topDepth && random.chance(0.4)) {
    return random.chance(0.5)
      ? { multi_terms: randomMultiTerms(random, field, aggs) }
      : { composite: randomComposite(random, field) };
  }
  return { terms: randomTerms(random, field(), aggs) };
}

function randomMetric(random: Random): JsonObject {
  const kind = random.pick(metrics);
  return { [kind]: { field: fieldOf(random, ofAnyKind.includes(kind) ? valueKinds : quantityKinds) } };
}

/** Intervals that binary fractions hold exactly, and tenths, which they do not. */
function randomHistogram(random: Random): JsonObject {
  const field = fieldOf(random, quantityKinds);
  const interval = fieldsOfKind.date.includes(field)
    ? random.pick([365, 1000]) * 86_400_000
    : random.pick(fieldsOfKind.integer.includes(field) ? [10, 100] : [2.5, 8, 50, 0.1, 0.7]);
  const histogram: Record<string, Json> = { field, interval };
  if (random.chance(0.3)) histogram['offset'] = interval / 4;
  if (random.chance(0.4)) histogram['min_doc_count'] = random.pick([0, 1, 3]);
  return histogram;
}
