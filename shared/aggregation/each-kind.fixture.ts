/** Of each kind of aggregation a request, and a partial that a leaf may send for it. */
import type { AggregationKind, PartialOf, RequestOf } from './definition.ts';
import type { MetricPartial } from './metric.ts';

const ofNumbers = { field: 'f', values: 'number' } as const;
const metric: MetricPartial = { kind: 'metric', count: 2, sum: 5, compensation: 0, min: 2, max: 3 };

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
      order: 'count',
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
  cardinality: {
    request: { kind: 'cardinality', ...ofNumbers, precisionThreshold: 3000 },
    partial: { kind: 'cardinality', hashes: 'AQAAAAAAAAA=' },
  },
};
