/** Aggregates by reading every document: the slow twin of the collectors. */
import { compareKeys, type BucketPartial } from '../../shared/aggregation/buckets.ts';
import {
  kindOf,
  type AggregationKind,
  type AggregationPartial,
  type AggregationPartials,
  type AggregationRequests,
  type PartialOf,
  type RequestOf,
} from '../../shared/aggregation/definition.ts';
import { cardinality, distribution, extendedStats, metric, topMetrics, weightedAvg } from './naive-metrics.fixture.ts';
import { valuesOf } from './naive-search.fixture.ts';
import type { NaiveDocument } from './naive-search.fixture.ts';

export function naiveAggregations(
  requests: AggregationRequests,
  documents: readonly NaiveDocument[],
): AggregationPartials {
  const partials: Record<string, AggregationPartial> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) partials[name] = naiveAggregation(request, documents);
  return partials;
}

function naiveAggregation<K extends AggregationKind>(
  request: RequestOf<K>,
  documents: readonly NaiveDocument[],
): PartialOf<K> {
  return table[kindOf<K>(request)](request, documents);
}

const table: {
  readonly [K in AggregationKind]: (request: RequestOf<K>, documents: readonly NaiveDocument[]) => PartialOf<K>;
} = {
  terms: (request, documents) => {
    const buckets = bucketsBy(request, documents, (value) => value);
    const ranked =
      request.order === 'count'
        ? buckets.toSorted((a, b) => b.count - a.count)
        : request.order === 'keyDescending'
          ? buckets.toReversed()
          : buckets;
    const cut = ranked.slice(request.shardSize).map(({ count }) => count);
    return {
      kind: 'terms',
      buckets: ranked.slice(0, request.shardSize).sort((a, b) => compareKeys(a.key, b.key)),
      cutCountMax: Math.max(0, ...cut),
      cutCountSum: cut.reduce((sum, count) => sum + count, 0),
    };
  },
  histogram: (request, documents) => ({
    kind: 'histogram',
    buckets: bucketsBy(request, documents, (value) => Math.floor((Number(value) - request.offset) / request.interval)),
  }),
  min: metric,
  max: metric,
  sum: metric,
  avg: metric,
  stats: metric,
  value_count: metric,
  extended_stats: extendedStats,
  weighted_avg: weightedAvg,
  percentiles: distribution,
  percentile_ranks: distribution,
  top_metrics: topMetrics,
  cardinality,
};

/** Keys ascending. */
function bucketsBy(
  { field, aggregations }: { readonly field: string; readonly aggregations: AggregationRequests },
  documents: readonly NaiveDocument[],
  keyOf: (value: string | number) => string | number,
): BucketPartial[] {
  const groups = new Map<string | number, NaiveDocument[]>();
  for (const document of documents) {
    const keys = valuesOf(document, field).map(keyOf);
    for (const key of new Set(keys)) groups.set(key, [...(groups.get(key) ?? []), document]);
  }
  return [...groups]
    .map(([key, group]) => ({ key, count: group.length, aggregations: naiveAggregations(aggregations, group) }))
    .sort((a, b) => compareKeys(a.key, b.key));
}
