/** Of each kind of aggregation a request, and a partial that a leaf may send for it. */
import type { AggregationKind, PartialOf, RequestOf } from './definition.ts';
import type { MetricPartial } from './metric.ts';
import { byCount } from './terms-order.ts';

const ofNumbers = { field: 'f', values: 'number' } as const;
const metric: MetricPartial = { kind: 'metric', count: 2, sum: [5], min: 2, max: 3 };

export const eachKind: {
  readonly [K in AggregationKind]: { readonly request: RequestOf<K>; readonly partial: PartialOf<K> };
} = {
  terms: {
    request: {
      kind: 'terms',
      field: 'f',
      values: 'string',
      show: 'plain',
      size: 10,
      shardSize: 10,
      order: byCount,
      minDocCount: 1,
      aggregations: { s: { kind: 'sum', ...ofNumbers } },
    },
    partial: {
      kind: 'terms',
      buckets: [{ key: 'x', count: 1, aggregations: { s: metric } }],
      cutCountMax: 0,
      cutCountSum: 0,
    },
  },
  multi_terms: {
    request: {
      kind: 'multi_terms',
      sources: [
        { field: 'f', values: 'string', show: 'plain' },
        { field: 'g', values: 'number', show: 'date' },
      ],
      size: 10,
      shardSize: 10,
      order: byCount,
      minDocCount: 1,
      aggregations: { s: { kind: 'sum', ...ofNumbers } },
    },
    partial: {
      kind: 'terms',
      buckets: [{ key: '["x",1]', count: 1, aggregations: { s: metric } }],
      cutCountMax: 0,
      cutCountSum: 0,
    },
  },
  composite: {
    request: {
      kind: 'composite',
      sources: [
        { name: 'a', by: 'terms', field: 'f', values: 'string', show: 'plain', descending: false },
        { name: 'b', by: 'histogram', field: 'g', interval: 1, offset: 0, descending: true, missing: 'last' },
      ],
      size: 10,
      aggregations: { s: { kind: 'sum', ...ofNumbers } },
    },
    partial: { kind: 'composite', buckets: [{ key: '["x",null]', count: 1, aggregations: { s: metric } }] },
  },
  histogram: {
    request: {
      kind: 'histogram',
      field: 'f',
      show: 'date',
      interval: 1,
      offset: 0,
      minDocCount: 0,
      aggregations: { s: { kind: 'stats', ...ofNumbers } },
    },
    partial: { kind: 'histogram', buckets: [{ key: 3, count: 1, aggregations: { s: metric } }] },
  },
  date_histogram: {
    request: {
      kind: 'date_histogram',
      field: 'f',
      interval: { kind: 'calendar', unit: 'month' },
      timeZone: 'Europe/Paris',
      offset: 0,
      minDocCount: 0,
      aggregations: { s: { kind: 'stats', ...ofNumbers } },
    },
    partial: { kind: 'histogram', buckets: [{ key: 3, count: 1, aggregations: { s: metric } }] },
  },
  range: {
    request: {
      kind: 'range',
      field: 'f',
      ranges: [{ to: 1 }, { key: 'k', from: 1, to: 2 }],
      aggregations: { s: { kind: 'stats', ...ofNumbers } },
    },
    partial: { kind: 'histogram', buckets: [{ key: 1, count: 1, aggregations: { s: metric } }] },
  },
  date_range: {
    request: {
      kind: 'date_range',
      field: 'f',
      ranges: [{ to: 1 }, { from: 1 }],
      timeZone: 'UTC',
      aggregations: { s: { kind: 'stats', ...ofNumbers } },
    },
    partial: { kind: 'histogram', buckets: [{ key: 1, count: 1, aggregations: { s: metric } }] },
  },
  ip_range: {
    request: {
      kind: 'ip_range',
      field: 'f',
      ranges: [{ to: 'f'.repeat(32) }, {}],
      aggregations: { s: { kind: 'stats', ...ofNumbers } },
    },
    partial: { kind: 'histogram', buckets: [{ key: 1, count: 1, aggregations: { s: metric } }] },
  },
  filter: {
    request: { kind: 'filter', query: { kind: 'all' }, aggregations: { s: { kind: 'sum', ...ofNumbers } } },
    partial: { kind: 'single', count: 1, aggregations: { s: metric } },
  },
  filters: {
    request: {
      kind: 'filters',
      filters: [{ kind: 'all' }],
      hasOther: true,
      show: 'keyed',
      keys: ['a', '_other_'],
      aggregations: { s: { kind: 'sum', ...ofNumbers } },
    },
    partial: {
      kind: 'filters',
      buckets: [
        { count: 1, aggregations: { s: metric } },
        { count: 0, aggregations: { s: metric } },
      ],
    },
  },
  missing: {
    request: { kind: 'missing', field: 'f', aggregations: { s: { kind: 'sum', ...ofNumbers } } },
    partial: { kind: 'single', count: 1, aggregations: { s: metric } },
  },
  global: {
    request: { kind: 'global', query: { kind: 'all' }, aggregations: { s: { kind: 'sum', ...ofNumbers } } },
    partial: { kind: 'single', count: 1, aggregations: { s: metric } },
  },
  min: { request: { kind: 'min', ...ofNumbers }, partial: metric },
  max: { request: { kind: 'max', ...ofNumbers }, partial: metric },
  sum: { request: { kind: 'sum', ...ofNumbers }, partial: metric },
  avg: { request: { kind: 'avg', ...ofNumbers }, partial: metric },
  stats: { request: { kind: 'stats', ...ofNumbers }, partial: metric },
  value_count: { request: { kind: 'value_count', field: 'f', values: 'string' }, partial: metric },
  extended_stats: {
    request: { kind: 'extended_stats', field: 'f', sigma: 2 },
    partial: { ...metric, kind: 'extended_stats', squares: [13] },
  },
  weighted_avg: {
    request: { kind: 'weighted_avg', value: { field: 'f' }, weight: { field: 'g' } },
    partial: { kind: 'weighted_avg', products: [5], weights: [2] },
  },
  percentiles: {
    request: { kind: 'percentiles', field: 'f', show: 'date', percents: [50], keyed: true },
    partial: { kind: 'distribution', values: [2, 3] },
  },
  percentile_ranks: {
    request: { kind: 'percentile_ranks', field: 'f', numbers: [3], keyed: true },
    partial: { kind: 'distribution', sketch: { min: -1, max: 3, zeros: 4, positive: [0, 1], negative: [0, 2] } },
  },
  top_hits: {
    request: {
      kind: 'top_hits',
      from: 1,
      size: 2,
      sort: [
        { by: 'score', descending: true },
        { by: 'field', field: 'f', descending: true, values: 'number' },
      ],
      shows: ['plain', 'date'],
      source: { includes: ['f'], excludes: [] },
    },
    partial: {
      kind: 'top_hits',
      count: 3,
      hits: [{ index: 'x0', shard: 1, offset: 4, key: 'k', values: [0.25, 5], source: '{"f":5}' }],
    },
  },
  top_metrics: {
    request: {
      kind: 'top_metrics',
      metrics: [{ field: 'f', values: 'string', show: 'plain' }],
      sort: { field: 'g', descending: true, countsGreatest: true, missingFirst: false, show: 'date' },
      size: 2,
    },
    partial: { kind: 'top_metrics', top: [{ sort: 5, metrics: ['x'] }] },
  },
  cardinality: {
    request: { kind: 'cardinality', ...ofNumbers, precisionThreshold: 3000 },
    partial: { kind: 'cardinality', hashes: 'AQAAAAAAAAA=' },
  },
};
