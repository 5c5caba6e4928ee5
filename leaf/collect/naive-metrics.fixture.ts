/** Metrics from the list of all values: the slow twins of their collectors. */
import { compareKeys } from '../../shared/aggregation/buckets.ts';
import type { CardinalityPartial } from '../../shared/aggregation/cardinality-partial.ts';
import type { CardinalityRequest } from '../../shared/aggregation/cardinality.ts';
import type { DistributionPartial } from '../../shared/aggregation/distribution-partial.ts';
import type { ExtendedStatsPartial, ExtendedStatsRequest } from '../../shared/aggregation/extended-stats.ts';
import type { MetricPartial, MetricRequest, Totals } from '../../shared/aggregation/metric.ts';
import { slowCardinality } from '../../shared/aggregation/slow-cardinality.fixture.ts';
import { nearest, slowSum, slowSumOfProducts, unitsOf } from '../../shared/aggregation/slow-sum.fixture.ts';
import type { WeightedAvgPartial, WeightedAvgRequest } from '../../shared/aggregation/weighted-avg.ts';
import type { TopMetricsPartial, TopMetricsRequest, TopRow } from '../../shared/aggregation/top-metrics.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { valuesOf, type NaiveDocument } from './naive-search.fixture.ts';
import { bytesOf } from './naive-terms.fixture.ts';

interface OfField {
  readonly field: string;
  readonly missing?: number | string;
}

function valuesIn(document: NaiveDocument, { field, missing }: OfField): readonly (number | string)[] {
  const values = valuesOf(document, field);
  return values.length > 0 || missing === undefined ? values : [missing];
}

function allValues(request: OfField, documents: readonly NaiveDocument[]): (number | string)[] {
  return documents.flatMap((document) => valuesIn(document, request));
}

function totalsOf(values: readonly number[]): Totals {
  const ascending = values.map((value) => value + 0).sort((a, b) => a - b);
  return { count: values.length, sum: slowSum(values), min: ascending[0] ?? null, max: ascending.at(-1) ?? null };
}

export function metric(request: MetricRequest, documents: readonly NaiveDocument[]): MetricPartial {
  const all = allValues(request, documents);
  if (request.values === 'string') return { kind: 'metric', count: all.length, sum: [], min: null, max: null };
  return { kind: 'metric', ...totalsOf(all.map(Number)) };
}

export function extendedStats(
  request: ExtendedStatsRequest,
  documents: readonly NaiveDocument[],
): ExtendedStatsPartial {
  const values = allValues(request, documents).map(Number);
  return { kind: 'extended_stats', ...totalsOf(values), squares: slowSumOfProducts(values, values) };
}

export function weightedAvg(
  { value, weight }: WeightedAvgRequest,
  documents: readonly NaiveDocument[],
): WeightedAvgPartial {
  const pairs = documents.flatMap((document) => {
    const [own] = valuesIn(document, weight).map(Number);
    return own === undefined ? [] : valuesIn(document, value).map((each) => [Number(each), own] as const);
  });
  const values = pairs.map(([each]) => each);
  const weights = pairs.map(([, own]) => own);
  return { kind: 'weighted_avg', products: slowSumOfProducts(values, weights), weights: slowSum(weights) };
}

export function topMetrics(
  { metrics, sort, size }: TopMetricsRequest,
  documents: readonly NaiveDocument[],
): TopMetricsPartial {
  const rows = documents.map((document): TopRow => {
    const own = valuesOf(document, sort.field).map((value) => Number(value) + 0);
    const value = sort.countsGreatest ? Math.max(...own) : Math.min(...own);
    return { sort: own.length === 0 ? null : value, metrics: metrics.map(({ field }) => toldOf(document, field)) };
  });
  return { kind: 'top_metrics', top: rows.sort((a, b) => compareTop(sort, a, b)).slice(0, size) };
}

/** The mean of numbers, the first of strings. */
function toldOf(document: NaiveDocument, field: string): number | string | null {
  const values = valuesOf(document, field);
  if (values.length === 0) return null;
  if (typeof values[0] === 'string') return values.toSorted(compareKeys)[0]!;
  const units = values.reduce<bigint>((sum, value) => sum + unitsOf(Number(value)), 0n);
  return nearest(units / BigInt(values.length));
}

function compareTop(sort: TopMetricsRequest['sort'], a: TopRow, b: TopRow): number {
  const none = sort.missingFirst ? -1 : 1;
  const bySort = (x: number | null, y: number | null): number => {
    if (x === null || y === null) return x === y ? 0 : x === null ? none : -none;
    return sort.descending ? y - x : x - y;
  };
  const orders = a.metrics.map((own, i) => {
    const other = b.metrics[i]!;
    if (own === null || other === null) return own === other ? 0 : own === null ? 1 : -1;
    return compareKeys(own, other);
  });
  return [bySort(a.sort, b.sort), ...orders].find((order) => order !== 0) ?? 0;
}

/** Of as few values as are kept. */
export function distribution(request: OfField, documents: readonly NaiveDocument[]): DistributionPartial {
  const values = allValues(request, documents).map((value) => Number(value) + 0);
  return { kind: 'distribution', values: values.sort((a, b) => a - b) };
}

export function cardinality(request: CardinalityRequest, documents: readonly NaiveDocument[]): CardinalityPartial {
  const values = new Set(allValues(request, documents));
  return slowCardinality(
    [...values].map((value) => hashBytes64(bytesOf(value))),
    request.precisionThreshold,
  );
}
