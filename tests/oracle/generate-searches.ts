/** Random bodies of searches over the schema in generate-values.ts. */
import { limits } from '../../shared/limits.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { withAddresses } from './generate-addresses.ts';
import { fieldOf, randomQuery } from './generate-queries.ts';
import { quantityKinds, randomMetric, valueKinds } from './generate-metrics.ts';
import { randomTerms } from './generate-terms.ts';
import { randomComposite, randomMultiTerms } from './generate-tuples.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import { fieldsOfKind } from './generate-values.ts';
import { bucketChoices, bucketScripts, windowScripts } from './scripts.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

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
  if (random.chance(0.4)) {
    const name = random.pick(['aggs', 'aggregations']);
    // By numbers of their own: a new kind of aggregation leaves all queries as they are.
    const aggregations = randomAggregations(createRandom(random.integer(0, 2 ** 31)), topDepth);
    if (countOf(aggregations) <= limits.aggregationsMax) body[name] = aggregations;
  }
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

/** Aggregations, those nested in others among them. */
function countOf(aggregations: JsonObject): number {
  return Object.values(aggregations).reduce<number>((sum, each) => {
    const nested = isObject(each) ? each['aggs'] : undefined;
    return sum + 1 + (isObject(nested) ? countOf(nested) : 0);
  }, 0);
}

/** One to three aggregations with up to `depth` levels of further ones below their buckets. */
function randomAggregations(random: Random, depth: number): JsonObject {
  const names = ['a', 'by tag', '__x__'].slice(0, random.integer(1, 3));
  const all = Object.fromEntries(names.map((name) => [name, randomAggregation(random, depth)]));
  return random.chance(0.2) ? { ...all, ...randomBeside(random) } : all;
}

function randomAggregation(random: Random, depth: number): JsonObject {
  if (random.chance(0.4)) return randomMetric(random);
  if (random.chance(0.3)) return randomFilters(random, depth);
  if (random.chance(0.2)) return randomSeries(random);
  const aggs = depth > 0 && random.chance(0.5) ? randomAggregations(random, depth - 1) : null;
  const buckets = randomBuckets(random, depth, aggs ?? {});
  if (aggs === null) return buckets;
  // Gaps have all the buckets that are nested in them, where these are of filters.
  const { histogram } = buckets as { histogram?: JsonObject };
  return histogram === undefined ? { ...buckets, aggs } : { histogram: { ...histogram, min_doc_count: 1 }, aggs };
}

function randomBuckets(random: Random, depth: number, aggs: JsonObject): JsonObject {
  const field = (): string => fieldOf(random, valueKinds);
  if (random.chance(0.4)) {
    return random.pick([
      { histogram: randomHistogram(random) },
      { date_histogram: randomDateHistogram(random) },
      randomRanges(random),
    ]);
  }
  // At the top only: composite has to be, and combinations within combinations would be more than an answer may have.
  if (depth === topDepth && random.chance(0.4)) {
    return random.chance(0.5)
      ? { multi_terms: randomMultiTerms(random, field, aggs) }
      : { composite: randomComposite(random, field) };
  }
  const terms = randomTerms(random, field(), { aggs, isAtTop: depth === topDepth });
  // Outermost: which terms there are in a bucket is not told, nor asked for in rounds.
  const others =
    depth === topDepth && terms['accuracy'] === undefined && random.chance(0.2) ? { min_doc_count: 0 } : {};
  return { terms: { ...terms, ...others } };
}

/** @param depth that of the outermost is 2, where the documents that the query leaves out can be asked for too */
function randomFilters(random: Random, depth: number): JsonObject {
  // One level and no more: each of these buckets may have all documents, and a histogram in each all gaps.
  const below = depth > 0 && random.chance(0.6) ? { aggs: randomAggregations(random, 0) } : {};
  const clause = (): JsonObject => randomQuery(random, 1);
  if (depth === 2 && random.chance(0.2)) return { global: {}, ...below };
  if (random.chance(0.2)) return { missing: { field: fieldOf(random, valueKinds) }, ...below };
  if (random.chance(0.4)) return { filter: clause(), ...below };
  const filters = random.chance(0.5)
    ? Array.from({ length: random.integer(1, 3) }, clause)
    : Object.fromEntries(['b', 'a', '__x__'].slice(0, random.integer(1, 3)).map((name) => [name, clause()]));
  const options = {
    ...(random.chance(0.3) ? { other_bucket: random.chance(0.7) } : {}),
    ...(random.chance(0.3) ? { other_bucket_key: 'rest' } : {}),
    ...(random.chance(0.3) ? { keyed: random.chance(0.5) } : {}),
  };
  return { filters: { filters, ...options }, ...below };
}

/** Numbers in each bucket: what is most is exact, so that choices and orders are. */
function randomNumbers(random: Random): JsonObject {
  return {
    a: { max: { field: fieldOf(random, quantityKinds) } },
    st: { stats: { field: fieldOf(random, fieldKindsOfSmall) } },
    p: {
      percentiles: {
        field: fieldOf(random, fieldKindsOfSmall),
        percents: [50, 99.9],
        ...keyedSometimes(random, false),
      },
    },
    f: { filter: randomQuery(random, 1), aggs: { n: { value_count: { field: fieldOf(random, valueKinds) } } } },
  };
}

/** Of whose numbers sums and differences lose nothing that matters. */
const fieldKindsOfSmall: readonly FieldKind[] = ['integer', 'float'];

const gap = (random: Random): JsonObject =>
  random.chance(0.5) ? {} : { gap_policy: random.pick(['skip', 'insert_zeros', 'keep_values']) };

const script = (random: Random, scripts: Readonly<Record<string, unknown>>): string =>
  random.pick(Object.keys(scripts));

/** A histogram with pipelines in its buckets, or terms with those that they take too. */
function randomSeries(random: Random): JsonObject {
  const path = (): string => random.pick(['a', 'st.avg', 'st[sum]', '_count', 'f>n', 'f>_count', 'p.50', 'p[99.9]']);
  const exact = (): string => random.pick(['a', '_count', 'f>n', 'f>_count']);
  const numbers = { a: exact(), n: '_count' };
  const inSequence: JsonObject = {
    d: { derivative: { buckets_path: random.pick(['total', path(), path()]), ...gap(random) } },
    total: { cumulative_sum: { buckets_path: path() } },
    moved: {
      moving_fn: {
        buckets_path: random.pick(['d', path(), path()]),
        window: random.integer(1, 4),
        script: script(random, windowScripts),
        ...(random.chance(0.4) ? { shift: random.integer(-1, 3) } : {}),
        ...gap(random),
      },
    },
  };
  const inBuckets: JsonObject = {
    scripted: { bucket_script: { buckets_path: numbers, script: script(random, bucketScripts), ...gap(random) } },
    chosen: { bucket_selector: { buckets_path: numbers, script: script(random, bucketChoices), ...gap(random) } },
    page: {
      bucket_sort: {
        from: random.integer(0, 2),
        ...(random.chance(0.5) ? { size: random.integer(1, 5) } : {}),
        ...(random.chance(0.7) ? { sort: [{ [exact()]: random.pick(['asc', 'desc']) }, { _key: 'asc' }] } : {}),
        ...gap(random),
      },
    },
  };
  const isSequence = random.chance(0.7);
  const some = (all: JsonObject, chance: number): JsonObject =>
    Object.fromEntries(Object.entries(all).filter(() => random.chance(chance)));
  const plain = randomHistogram(random);
  // Gaps are buckets too: with narrow intervals there would be thousands, in each bucket around.
  const isDate = fieldsOfKind.date.some((name) => name === plain['field']);
  const interval = isDate ? 36_500 * 86_400_000 : 50;
  const histogram = { field: plain['field']!, interval, min_doc_count: 0, ...keyedSometimes(random, true) };
  const others = random.chance(0.5)
    ? { terms: { ...randomTerms(random, fieldOf(random, quantityKinds), { aggs: {}, isAtTop: false }) } }
    : filtersOfSeries(random);
  const buckets = isSequence ? { histogram } : others;
  const isNameless = 'filters' in buckets && Array.isArray(buckets.filters.filters);
  const chosen = some('filters' in buckets ? withoutKeys(inBuckets) : inBuckets, 0.5);
  const pipelines = { ...(isSequence ? inSequence : {}), ...(isNameless ? {} : chosen) };
  return { ...buckets, aggs: { ...pipelines, ...randomNumbers(random) } };
}

function keyedSometimes(random: Random, keyed: boolean): JsonObject {
  return random.chance(0.3) ? { keyed } : {};
}

/** By name, in a list with names or in one without, whose buckets are called by their places. */
function filtersOfSeries(random: Random): { readonly filters: JsonObject } {
  const clause = (): JsonObject => randomQuery(random, 1);
  const filters: Json = random.chance(0.3) ? [clause(), clause(), clause()] : { c: clause(), a: clause(), b: clause() };
  return { filters: { filters, ...(random.chance(0.3) ? { keyed: false } : {}) } };
}

/** Keys of filters are no numbers: they are not sorted by. */
function withoutKeys(inBuckets: JsonObject): JsonObject {
  const { page, ...others } = inBuckets;
  const { bucket_sort: sort } = page as { bucket_sort: JsonObject };
  const { sort: keys, ...rest } = sort;
  return { ...others, page: { bucket_sort: keys === undefined ? rest : { ...rest, sort: [(keys as Json[])[0]!] } } };
}

/** Pipelines beside what they are of. */
function randomBeside(random: Random): JsonObject {
  const kind = random.pick([
    'avg_bucket',
    'sum_bucket',
    'min_bucket',
    'max_bucket',
    'stats_bucket',
    'percentiles_bucket',
  ]);
  const path = random.pick(['a', '_count', 'f>n']);
  const more = kind === 'percentiles_bucket' ? { percents: random.pick([[50], [0, 12.5, 99, 100]]) } : {};
  return {
    series: randomSeries(random),
    of_series: { [kind]: { buckets_path: `series>${path}`, ...more, ...gap(random) } },
  };
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
  const quantity = fieldsOfKind.date.includes(field) ? 1.6e12 : 8;
  return { ...histogram, ...randomOptions(random, [quantity, 2 * quantity]) };
}

/** @param values two of the field, the lower one first */
function randomOptions(random: Random, [low, high]: readonly [Json, Json]): JsonObject {
  const bounds = (): JsonObject => {
    return { ...(random.chance(0.7) ? { min: low } : {}), ...(random.chance(0.7) ? { max: high } : {}) };
  };
  const options: Record<string, Json> = {};
  if (random.chance(0.2)) options['keyed'] = true;
  if (random.chance(0.3)) options['order'] = { [random.pick(['_key', '_count'])]: random.pick(['asc', 'desc']) };
  if (random.chance(0.3)) options['missing'] = random.pick([low, high]);
  if (random.chance(0.3)) options[random.pick(['extended_bounds', 'hard_bounds'])] = bounds();
  return options;
}

/** Short intervals without the gaps between dates, which are decades apart. */
function randomDateHistogram(random: Random): JsonObject {
  const calendar = random.pick(['hour', '1h', 'day', '1d', 'week', '1w', 'month', '1M', 'quarter', 'year']);
  const fixed = random.pick(['30m', '1h', '36h', '90d']);
  const interval: JsonObject = random.chance(0.7) ? { calendar_interval: calendar } : { fixed_interval: fixed };
  const isLong = ['month', '1M', 'quarter', 'year'].includes(calendar);
  const fewest = 'calendar_interval' in interval && isLong ? random.pick([0, 1, 3]) : random.pick([1, 3]);
  const zone = random.pick(['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', '-03:30', 'UTC']);
  return {
    field: fieldOf(random, ['date']),
    ...interval,
    ...(fewest === 0 && random.chance(0.5) ? {} : { min_doc_count: fewest }),
    ...(random.chance(0.7) ? { time_zone: zone } : {}),
    ...(random.chance(0.2) ? { offset: random.pick(['+6h', '-1d', '30m']) } : {}),
    ...withFormat(random, randomOptions(random, ['2022-01-10T00:00:00Z', '2022-02-01T12:00:00.000Z'])),
  };
}

/** Names of buckets must differ. */
function withFormat(random: Random, options: JsonObject): JsonObject {
  if (random.chance(0.7)) return options;
  return {
    ...options,
    format:
      options['keyed'] === true
        ? 'epoch_millis||iso8601'
        : random.pick(['epoch_millis||iso8601', 'yyyy-MM-dd||iso8601']),
  };
}

const addresses = ['10.0.0.0', '10.0.0.5', '192.0.2.1', '::', '2001:db8::1', '255.255.255.255'];
const rangeDates = ['2022-01-20', 1_643_000_000_000, '2021-10-31T01:00:00Z', '2022-03-31||-1M/M', '1970-01-01'];

function randomRanges(random: Random): JsonObject {
  switch (random.pick(['range', 'date_range', 'ip_range'])) {
    case 'date_range':
      return {
        date_range: {
          field: fieldOf(random, ['date']),
          ranges: someRanges(random, () => random.pick<Json>(rangeDates)),
          ...(random.chance(0.5) ? { time_zone: random.pick(['Europe/Paris', '-03:30']) } : {}),
          ...(random.chance(0.2) ? { format: 'epoch_millis||iso8601' } : {}),
          ...(random.chance(0.3) ? { missing: '2022-01-20T12:00:00Z' } : {}),
        },
      };
    case 'ip_range': {
      const ranges = [
        ...someRanges(random, () => random.pick(addresses)),
        { mask: '10.0.0.0/8' },
        { mask: '192.0.2.9/24' },
      ];
      return { ip_range: { field: fieldOf(random, ['ip']), ranges, ...(random.chance(0.2) ? { keyed: true } : {}) } };
    }
    default:
      return {
        range: {
          field: fieldOf(random, ['integer', 'float']),
          ranges: someRanges(random, () => random.pick([-10, 0, 7.5, 8, 19.99, 30])),
          ...(random.chance(0.2) ? { keyed: true } : {}),
          ...(random.chance(0.3) ? { missing: 8 } : {}),
        },
      };
  }
}

/** Their keys differ, so that they can be names. */
function someRanges(random: Random, bound: () => Json): Json[] {
  return Array.from({ length: random.integer(1, 4) }, (_, i) => ({
    ...(random.chance(0.8) ? { from: bound() } : {}),
    ...(random.chance(0.8) ? { to: bound() } : {}),
    ...(i > 0 || random.chance(0.5) ? { key: `range ${i}` } : {}),
  }));
}
