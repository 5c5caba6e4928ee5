import {
  kindOf,
  type AggregationKind,
  type AggregationRequests,
  type RequestOf,
} from '../../shared/aggregation/definition.ts';
import type { CollectingTask, PerField } from './collecting-task.ts';
import type { Collector } from './collector.ts';
import { CollectorSet } from './collector-set.ts';
import { collectorTable } from './table.ts';
import type { TaskBudget } from './task-budget.ts';
import type { TaskDocuments } from './task-documents.ts';
import type { TaskFilters } from './task-filters.ts';

/** What is made before the collectors. */
type Shared = Pick<CollectingTask, 'budget' | 'filters' | 'documents'>;

/**
 * Collectors for all aggregations of a request, nested ones included.
 * @param shared what they share: how much they take, the clauses that they ask documents about, and what is known of these
 * @param weight field that says how much a document counts in its buckets; each counts once without it
 */
export function makeCollectors(requests: AggregationRequests, shared: Shared, weight?: string): CollectorSet {
  return new Maker(shared, weight).collectorsOf(requests, true);
}

class Maker implements CollectingTask {
  readonly budget: TaskBudget;
  readonly filters: TaskFilters;
  readonly documents: TaskDocuments;
  readonly weight: string | undefined;
  private readonly shared = new Map<unknown, Map<string, unknown>>();

  constructor({ budget, filters, documents }: Shared, weight: string | undefined) {
    this.budget = budget;
    this.filters = filters;
    this.documents = documents;
    this.weight = weight;
  }

  collectorsOf(requests: AggregationRequests, isTop = false): CollectorSet {
    const named = Object.entries(requests).map(([name, request]) => [name, this.make(request)] as const);
    return new CollectorSet(named, isTop);
  }

  sharedOf<T>(Made: PerField<T>, field: string): T {
    let byField = this.shared.get(Made);
    if (byField === undefined) this.shared.set(Made, (byField = new Map<string, unknown>()));
    let found = byField.get(field) as T | undefined;
    if (found === undefined) byField.set(field, (found = new Made(field, this.budget)));
    return found;
  }

  private make<K extends AggregationKind>(request: RequestOf<K>): Collector {
    return collectorTable[kindOf<K>(request)](request, this);
  }
}
