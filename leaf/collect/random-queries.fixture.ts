/** Seeded queries over the schema of random-documents.fixture.ts. */
import type { DateHistogramRequest } from '../../shared/aggregation/date-histogram.ts';
import type { AggregationRequest, AggregationRequests } from '../../shared/aggregation/definition.ts';
import type { Bounds } from '../../shared/aggregation/histogram-options.ts';
import { calendarUnits } from '../../shared/dates/date-borders.ts';
import type { DateRangeRequest, IpRangeRequest, RangeRequest } from '../../shared/aggregation/range.ts';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import type { ValueKind } from '../../shared/aggregation/value-kind.ts';
import type { DocumentScript } from '../../shared/expression/document-script.ts';
import type { Query } from '../../shared/query/query.ts';
import type { SourceFilter } from '../../shared/query/request.ts';
import type { SortKey } from '../../shared/ranking/order.ts';
import { dates, names, numbers, words } from '../segment/random-documents.fixture.ts';
import type { Draw } from '../segment/random-documents.fixture.ts';
import { randomTerms } from './random-terms.fixture.ts';
import { randomComposite, randomMultiTerms } from './random-tuples.fixture.ts';

const termFields = ['title', 'title.raw', 'author.name', 'missing'];
const keywordFields = ['author.name', 'title.raw', 'missing'];
const numberFields = ['rank', 'price', 'sold', 'made', 'missing'];
const terms = [...words.map((word) => word.toLowerCase()), ...names, 'zzz'];

const makers: ((draw: Draw) => Query)[] = [
  () => ({ kind: 'all' }),
  () => ({ kind: 'none' }),
  (draw) => ({ kind: 'term', field: draw.pick(termFields), term: draw.pick(terms) }),
  (draw) => ({ kind: 'term', field: 'title', term: draw.pick(terms) }),
  (draw) => ({ kind: 'keywords', field: draw.pick(termFields), terms: draw.some(4, () => draw.pick(terms)) }),
  (draw) => ({ kind: 'numbers', field: draw.pick(numberFields), values: draw.some(3, () => draw.pick(numbers) + 0) }),
  (draw) => ({ kind: 'numberRange', field: draw.pick(numberFields), ...range(draw, () => draw.pick(numbers) + 0) }),
  (draw) => ({ kind: 'keywordRange', field: draw.pick(keywordFields), ...range(draw, () => draw.pick(names)) }),
  (draw) => ({
    kind: 'prefix',
    field: draw.pick(termFields),
    prefix: draw.pick(['', 'a', 'ab', '\u{1f600}', 'z', '__']),
  }),
  (draw) => ({
    kind: 'wildcard',
    field: draw.pick(termFields),
    pattern: draw.pick(['*', 'a*b', '?', '*a*', 'a?', '*\u{1f600}', '??*', 'ab']),
  }),
  (draw) => ({
    kind: 'regexp',
    field: draw.pick(termFields),
    pattern: draw.pick(['', '.*', 'a.*b?', '[a-c]+', '(a|ab|c).', '.*\u{1f600}', '[^a]{2,}', 'c[aA]t|d.g']),
    operators: draw.chance(0.5) ? [] : ['COMPLEMENT', 'INTERVAL', 'INTERSECTION', 'ANYSTRING', 'EMPTY'],
    isCaseInsensitive: draw.chance(0.3),
    statesMax: 10_000,
  }),
  (draw) => ({
    kind: 'fuzzy',
    field: draw.pick(termFields),
    term: draw.pick(terms).slice(0, 6).toWellFormed(),
    edits: draw.chance(0.5) ? 1 : 2,
    prefixLength: draw.below(3),
  }),
  (draw) => ({
    kind: 'phrase',
    field: draw.pick(['title', 'title', 'missing', 'author.name']),
    terms: [draw.pick(terms), draw.chance(0.7) ? draw.pick(terms) : ['cat', 'dog', 'a']],
    ...(draw.chance(0.3) ? { positions: [0, 2] } : {}),
    slop: 0,
  }),
  (draw) => ({ kind: 'exists', field: draw.pick([...termFields, ...numberFields]) }),
  (draw) => ({ kind: 'ids', keys: draw.some(4, () => `k${draw.below(150)}`) }),
  (draw) => ({ kind: 'script', script: script(draw, ['doc[F].value > params.a', 'doc[F].size() % 2']) }),
];

const scriptsOfScores = [
  'doc[F].empty ? _score : doc[F].value * params.a',
  '_score * params.a + 1',
  'doc[F].value / 0',
];

function script(draw: Draw, sources: readonly string[]): DocumentScript {
  const source = draw.pick(sources).replaceAll('[F]', `['${draw.pick(numberFields)}']`);
  return { source, params: { a: draw.pick([0, 0.5, -3, 40]) } };
}

function range<T>(draw: Draw, make: () => T): { low?: T; high?: T; lowInclusive: boolean; highInclusive: boolean } {
  return {
    ...(draw.chance(0.7) ? { low: make() } : {}),
    ...(draw.chance(0.7) ? { high: make() } : {}),
    lowInclusive: draw.chance(0.5),
    highInclusive: draw.chance(0.5),
  };
}

export function randomQuery(draw: Draw, depth = 3): Query {
  if (depth === 0 || draw.chance(0.4)) return draw.pick(makers)(draw);
  const clauses = (countMax: number): Query[] => draw.some(countMax, () => randomQuery(draw, depth - 1));
  switch (draw.below(9)) {
    case 0:
      return { kind: 'boosted', query: randomQuery(draw, depth - 1), boost: draw.pick([0, 0.5, 3]) };
    case 1:
      return draw.chance(0.5)
        ? { kind: 'constantScore', query: randomQuery(draw, depth - 1), score: draw.pick([0, 2.5]) }
        : {
            kind: 'boosting',
            positive: randomQuery(draw, depth - 1),
            negative: randomQuery(draw, depth - 1),
            negativeBoost: draw.pick([0, 0.25, 1]),
          };
    case 3:
      return { kind: 'scriptScore', query: randomQuery(draw, depth - 1), script: script(draw, scriptsOfScores) };
    case 2:
      return { kind: 'disMax', queries: clauses(3), tieBreaker: draw.pick([0, 0.25, 1]) };
    default:
      return {
        kind: 'bool',
        must: clauses(2),
        should: clauses(3),
        filter: clauses(1),
        mustNot: clauses(1),
        ...(draw.chance(0.3) ? { minimumShouldMatch: draw.below(4) } : {}),
      };
  }
}

export function randomSort(draw: Draw): SortKey[] {
  if (draw.chance(0.4)) return [{ by: 'score', descending: true }];
  return Array.from({ length: 1 + draw.below(3) }, (): SortKey => {
    const descending = draw.chance(0.5);
    const kind = draw.below(4);
    if (kind === 0) return { by: 'score', descending };
    if (kind === 1) return { by: 'position', descending };
    const options = {
      ...(draw.chance(0.3) ? ({ missing: 'first' } as const) : {}),
      ...(draw.chance(0.3) ? { mode: draw.pick<'min' | 'max'>(['min', 'max']) } : {}),
    };
    return kind === 2
      ? { by: 'field', field: draw.pick(numberFields), descending, values: 'number', ...options }
      : { by: 'field', field: draw.pick(keywordFields), descending, values: 'string', ...options };
  });
}

const outermost = 3;

export function randomAggregations(draw: Draw, depth = outermost): AggregationRequests {
  return Object.fromEntries(
    draw
      .some(2, () => draw.pick(['a', 'b', '__proto__', 'constructor']))
      .map((name) => [
        name,
        depth > 0 && draw.chance(0.3) ? randomFilters(draw, depth) : randomAggregation(draw, depth),
      ]),
  );
}

/** Documents by clauses, and at the top those that no clause has chosen. */
function randomFilters(draw: Draw, depth: number): AggregationRequest {
  const aggregations = randomAggregations(draw, depth - 1);
  const query = (): Query => randomQuery(draw, 2);
  if (depth === outermost && draw.chance(0.3)) {
    return { kind: 'global', query: draw.chance(0.7) ? { kind: 'all' } : query(), aggregations };
  }
  if (draw.chance(0.3)) {
    return { kind: 'missing', field: draw.pick([...termFields, ...numberFields]), aggregations };
  }
  if (draw.chance(0.5)) return { kind: 'filter', query: query(), aggregations };
  const filters = [query(), ...draw.some(3, query)];
  return { kind: 'filters', filters, hasOther: draw.chance(0.5), show: 'anonymous', keys: [], aggregations };
}

function randomField(draw: Draw): { field: string; values: ValueKind } {
  return draw.chance(0.5)
    ? { field: draw.pick(numberFields), values: 'number' }
    : { field: draw.pick(keywordFields), values: 'string' };
}

function randomAggregation(draw: Draw, depth: number): AggregationRequest {
  const kind = depth === 0 ? 2 : draw.below(5);
  const aggregations = kind === 2 ? {} : randomAggregations(draw, depth - 1);
  if (kind === 0 && draw.chance(0.25)) return { ...randomMultiTerms(draw, () => randomField(draw)), aggregations };
  if (kind === 0 && draw.chance(0.25)) return { ...randomComposite(draw, () => randomField(draw)), aggregations };
  if (kind === 0) return { ...randomTerms(draw, randomField(draw)), ...randomOthers(draw, depth), aggregations };
  if (kind === 1) {
    const interval = draw.pick([0.5, 1, 2.5, 86_400_000]);
    const offset = draw.chance(0.5) ? 0 : interval / 4;
    return {
      kind: 'histogram',
      field: draw.pick(numberFields),
      show: 'plain',
      interval,
      offset,
      minDocCount: 1,
      ...randomOptions(draw, () => draw.pick(numbers) + 0),
      aggregations,
    };
  }
  if (kind === 3) return { ...randomDateHistogram(draw), aggregations };
  if (kind === 4) return { ...randomRanges(draw), aggregations };
  return randomMetric(draw);
}

/** At the top the terms of which no document matches, too. */
function randomOthers(draw: Draw, depth: number): Pick<TermsRequest, 'others'> {
  if (depth < outermost || draw.chance(0.6)) return {};
  return { others: draw.chance(0.6) ? { kind: 'all' } : randomQuery(draw, 2) };
}

/** What documents without a value may count with; mostly nothing. */
function missingOf<T>(draw: Draw, values: readonly T[]): { missing?: T } {
  return draw.chance(0.3) ? { missing: draw.pick(values) } : {};
}

function randomMetric(draw: Draw): AggregationRequest {
  const field = draw.pick(numberFields);
  const missing = missingOf(draw, numbers);
  const ofAnyKind = randomField(draw);
  const missingOfAnyKind = ofAnyKind.values === 'number' ? missing : missingOf(draw, [...names, 'new']);
  switch (draw.below(11)) {
    case 10: {
      const sort = randomSort(draw);
      const [from, size] = [draw.pick([0, 0, 2]), draw.below(4)];
      const source = draw.pick<SourceFilter>([true, false, { includes: ['rank', 'author'], excludes: ['*.name'] }]);
      return { kind: 'top_hits', from, size, sort, shows: sort.map(() => 'plain' as const), source };
    }
    case 0:
      return { kind: 'value_count', ...ofAnyKind, ...missingOfAnyKind };
    case 1:
      return { kind: 'cardinality', ...ofAnyKind, precisionThreshold: draw.pick([0, 2, 5, 3000]), ...missingOfAnyKind };
    case 2:
      return { kind: 'extended_stats', field, sigma: 2, ...missing };
    case 3: {
      // Fields of the random documents have several values, and a weight is one.
      const weight = { field: 'missing', ...missingOf(draw, [2, -1.5, 0.1, 0]) };
      return { kind: 'weighted_avg', value: { field, ...missing }, weight };
    }
    case 4:
      return { kind: 'percentiles', field, show: 'plain', percents: [50], keyed: true, ...missing };
    case 5:
      return { kind: 'percentile_ranks', field, numbers: [1], keyed: true, ...missing };
    case 6:
      return {
        kind: 'top_metrics',
        metrics: Array.from({ length: 1 + draw.below(3) }, () => ({ ...randomField(draw), show: 'plain' as const })),
        sort: {
          field,
          descending: draw.chance(0.5),
          countsGreatest: draw.chance(0.5),
          missingFirst: draw.chance(0.3),
          show: 'plain',
        },
        size: 1 + draw.below(5),
      };
    default: {
      const kind = draw.pick(['min', 'max', 'sum', 'avg', 'stats', 'value_count'] as const);
      return { kind, field, values: 'number', ...missing };
    }
  }
}

/** Those of a histogram that leaves heed. */
function randomOptions(draw: Draw, value: () => number): { missing?: number; hardBounds?: Bounds } {
  const bound = (name: keyof Bounds): Bounds => (draw.chance(0.7) ? { [name]: value() } : {});
  return {
    ...(draw.chance(0.3) ? { missing: value() } : {}),
    ...(draw.chance(0.2) ? { hardBounds: { ...bound('min'), ...bound('max') } } : {}),
  };
}

const hourMs = 3_600_000;

function randomDateHistogram(draw: Draw): Omit<DateHistogramRequest, 'aggregations'> {
  const unit = draw.pick(calendarUnits);
  const ms = draw.pick([1000, 1_800_000, hourMs, 24 * hourMs, 37 * hourMs]);
  return {
    kind: 'date_histogram',
    field: 'made',
    interval: draw.chance(0.7) ? { kind: 'calendar', unit } : { kind: 'fixed', ms },
    timeZone: draw.pick(['UTC', 'Europe/Paris', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Sao_Paulo', '-03:30']),
    offset: draw.chance(0.7) ? 0 : draw.pick([6 * hourMs, -24 * hourMs]),
    minDocCount: 1,
    ...randomOptions(draw, () => Date.parse(draw.pick(dates))),
  };
}

type WithoutNested<R> = R extends unknown ? Omit<R, 'aggregations'> : never;

/** Any string has its place among keys of addresses. */
function randomRanges(draw: Draw): WithoutNested<RangeRequest | DateRangeRequest | IpRangeRequest> {
  const between = <T>(bound: () => T): { from?: T; to?: T } => ({
    ...(draw.chance(0.7) ? { from: bound() } : {}),
    ...(draw.chance(0.7) ? { to: bound() } : {}),
  });
  if (draw.chance(0.3)) {
    const ranges = [{}, ...draw.some(3, () => between(() => draw.pick(['a', 'ab', 'b', 'ff'])))];
    return { kind: 'ip_range', field: draw.pick(keywordFields), ranges };
  }
  const value = (): number => draw.pick(numbers) + 0;
  const missing = draw.chance(0.3) ? { missing: value() } : {};
  const ranges = [between(value), ...draw.some(4, () => between(value))];
  const field = draw.pick(numberFields);
  if (draw.chance(0.3)) return { kind: 'date_range', field, ranges, timeZone: 'UTC', ...missing };
  return { kind: 'range', field, ranges, ...missing };
}
