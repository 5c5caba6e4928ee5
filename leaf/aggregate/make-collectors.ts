import type { AggregationRequest, AggregationRequests } from '../../shared/aggregation/request.ts';
import { CollectorSet } from './collector.ts';
import type { Collector } from './collector.ts';
import { KeywordTermsCollector } from './keyword-terms.ts';
import { KeywordCountCollector, NumberMetricCollector } from './metric.ts';
import { HistogramCollector, NumberTermsCollector } from './number-buckets.ts';
import type { TaskBudget } from './task-budget.ts';
import { TermNumbers } from './term-numbers.ts';

/** Collectors for all aggregations of a request, nested ones included. */
/** @param weight field that says how much a document counts in its buckets; each counts once without it */
export function makeCollectors(requests: AggregationRequests, budget: TaskBudget, weight?: string): CollectorSet {
  return new Maker(budget, weight).makeAll(requests);
}

class Maker {
  private readonly budget: TaskBudget;
  private readonly weight: string | undefined;
  private readonly numbersByField = new Map<string, TermNumbers>();

  constructor(budget: TaskBudget, weight: string | undefined) {
    this.budget = budget;
    this.weight = weight;
  }

  makeAll(requests: AggregationRequests): CollectorSet {
    return new CollectorSet(Object.entries(requests).map(([name, request]) => [name, this.make(request)]));
  }

  private make(request: AggregationRequest): Collector {
    const { budget, weight } = this;
    switch (request.kind) {
      case 'terms': {
        const nested = this.makeAll(request.aggregations);
        return request.values === 'string'
          ? new KeywordTermsCollector(request, nested, { budget, weight, numbers: this.numbersOf(request.field) })
          : new NumberTermsCollector(request, nested, { budget, weight });
      }
      case 'histogram':
        return new HistogramCollector(request, this.makeAll(request.aggregations), { budget, weight });
      case 'min':
      case 'max':
      case 'sum':
      case 'avg':
      case 'stats':
      case 'value_count':
      case 'raw':
        return request.values === 'string'
          ? new KeywordCountCollector(request, budget)
          : new NumberMetricCollector(request, budget);
    }
  }

  private numbersOf(field: string): TermNumbers {
    let numbers = this.numbersByField.get(field);
    if (numbers === undefined) this.numbersByField.set(field, (numbers = new TermNumbers(field, this.budget)));
    return numbers;
  }
}
