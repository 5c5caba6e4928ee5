import type { AggregationRequest, AggregationRequests } from '../../shared/aggregation/request.ts';
import { CollectorSet } from './collector.ts';
import type { Collector } from './collector.ts';
import { HistogramCollector } from './histogram.ts';
import { KeywordCountCollector, NumberMetricCollector } from './metric.ts';
import { KeywordTermsCollector, NumberTermsCollector } from './terms.ts';

/** Collectors for all aggregations of a request, nested ones included. */
export function makeCollectors(requests: AggregationRequests): CollectorSet {
  return new CollectorSet(Object.entries(requests).map(([name, request]) => [name, makeCollector(request)]));
}

function makeCollector(request: AggregationRequest): Collector {
  switch (request.kind) {
    case 'terms': {
      const nested = makeCollectors(request.aggregations);
      return request.values === 'string'
        ? new KeywordTermsCollector(request, nested)
        : new NumberTermsCollector(request, nested);
    }
    case 'histogram':
      return new HistogramCollector(request, makeCollectors(request.aggregations));
    case 'min':
    case 'max':
    case 'sum':
    case 'avg':
    case 'stats':
    case 'value_count':
      return request.values === 'string' ? new KeywordCountCollector(request) : new NumberMetricCollector(request);
  }
}
