/** Random terms aggregations, over the schema in generate-values.ts. */
import type { Random } from '../../shared/random/random.ts';
import { fieldsOfKind, randomValue } from './generate-values.ts';
import { asList, type Json, type JsonObject } from './json.ts';

interface ListingPlace {
  /** What is nested in the buckets. */
  readonly aggs: JsonObject;
  /** Where accuracies can be asked for. */
  readonly isAtTop: boolean;
}

export function randomTerms(random: Random, field: string, { aggs, isAtTop }: ListingPlace): JsonObject {
  const terms: Record<string, Json> = { field, ...randomListing(random, { aggs, isAtTop }) };
  if (random.chance(0.2)) terms['missing'] = knownValue(random, field);
  if (random.chance(0.2)) terms['include'] = randomSet(random, field);
  if (random.chance(0.2)) terms['exclude'] = randomSet(random, field);
  return terms;
}

/** What all kinds with a bucket a term take. */
export function randomListing(random: Random, { aggs, isAtTop }: ListingPlace): JsonObject {
  const listing: Record<string, Json> = {};
  if (random.chance(0.5)) listing['size'] = random.pick([1, 3, 50]);
  if (random.chance(0.6)) {
    const keys = Array.from({ length: random.integer(1, 2) }, () => randomOrder(random, aggs));
    listing['order'] = keys.length === 1 && random.chance(0.5) ? keys[0]! : keys;
  }
  if (random.chance(0.2)) listing['min_doc_count'] = random.pick([1, 2, 5]);
  if (random.chance(0.2)) listing['show_term_doc_count_error'] = random.chance(0.7);
  // With hits in them leaves send fewer buckets.
  if (JSON.stringify(aggs).includes('"top_hits"')) listing['shard_size'] = 10_000;
  if (isAtTop && random.chance(0.4)) {
    listing['accuracy'] = random.pick(['exact', 'exact', 'bounded', 'fast']);
    // Of few terms a leaf sends, others have to be asked for. A bounded list is that of all only where none are cut: see tests/accuracy.
    if (listing['accuracy'] === 'bounded') listing['shard_size'] = 10_000;
    else if (listing['accuracy'] === 'exact' && random.chance(0.8))
      listing['shard_size'] = Number(listing['size'] ?? 10);
  }
  return listing;
}

function randomOrder(random: Random, aggs: JsonObject): JsonObject {
  return {
    [random.pick(['_count', '_key', ...Object.entries(aggs).flatMap(numbersOf)])]: random.pick(['asc', 'desc']),
  };
}

/** Paths of numbers that are known to the last digit, which roots are not. */
function numbersOf([name, aggregation]: [string, Json]): string[] {
  const [kind, body] = Object.entries(aggregation as JsonObject)[0]!;
  const ofMany = (numbers: Json | undefined): string[] =>
    asList(numbers).flatMap((number) => [`${name}.${Number(number)}`, `${name}[${Number(number)}]`]);
  switch (kind) {
    case 'min':
    case 'max':
    case 'value_count':
    case 'cardinality':
    case 'sum':
    case 'avg':
    case 'weighted_avg':
      return [name, `${name}.value`, `${name}[value]`];
    case 'stats':
      return ['count', 'min', 'max', 'avg', 'sum'].map((property) => `${name}.${property}`);
    case 'extended_stats':
      return ['sum_of_squares', 'variance', 'variance_sampling'].map((property) => `${name}.${property}`);
    case 'percentiles':
      return ofMany((body as JsonObject)['percents'] ?? [5, 50]);
    case 'percentile_ranks':
      return ofMany((body as JsonObject)['values']);
    case 'filter': {
      const inner = Object.entries((aggregation as { readonly aggs?: JsonObject }).aggs ?? {});
      return [`${name}>_count`, name, ...inner.flatMap(numbersOf).map((path) => `${name}>${path}`)];
    }
    default:
      return [];
  }
}

function randomSet(random: Random, field: string): Json {
  const isKeyword = fieldsOfKind.keyword.includes(field);
  if (isKeyword && random.chance(0.5)) return random.pick(['a.*', '.*b', '[a-c]+', '.*', '(key )?[0-9]+', '']);
  return Array.from({ length: random.integer(0, 6) }, () => knownValue(random, field));
}

/** One that a field takes, as a document has it. */
export function knownValue(random: Random, field: string): Json {
  const value = randomValue(random, field);
  return typeof value === 'string' ? value.toWellFormed() : value;
}
