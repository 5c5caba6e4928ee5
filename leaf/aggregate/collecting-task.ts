import type {
  AggregationKind,
  AggregationRequests,
  PartialOf,
  RequestOf,
} from '../../shared/aggregation/definition.ts';
import type { Collector } from './collector.ts';
import type { CollectorSet } from './collector-set.ts';
import type { TaskBudget } from './task-budget.ts';
import type { TaskDocuments } from './task-documents.ts';
import type { TaskFilters } from './task-filters.ts';

/** What collectors are made with, besides their request. */
export interface CollectingTask {
  readonly budget: TaskBudget;
  /** Clauses that documents are asked about. */
  readonly filters: TaskFilters;
  readonly documents: TaskDocuments;
  /** Field that says how much a document counts in its buckets, one number in each; 1 where it is undefined. */
  readonly weight: string | undefined;
  /** The collectors of what is nested in buckets. */
  collectorsOf(requests: AggregationRequests): CollectorSet;
  /** What all collectors of a field in the task share: the one of its class. */
  sharedOf<T>(made: PerField<T>, field: string): T;
}

/** A class of which a task has one a field. */
export type PerField<T> = new (field: string, budget: TaskBudget) => T;

/** Makes the collector of a kind. */
export type MakeCollector<K extends AggregationKind> = (
  request: RequestOf<K>,
  task: CollectingTask,
) => Collector<PartialOf<K>>;
