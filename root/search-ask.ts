/** A search as it comes to a root and leaves it, by whatever way, and how it is counted and traced. */
import type { IndexDefinition } from '../shared/catalog/catalog.ts';
import { asSheafError } from '../shared/errors.ts';
import type { SearchRequest } from '../shared/query/request.ts';
import type { IndexSchema } from '../shared/schema/schema.ts';
import type { Tracer } from '../shared/telemetry/tracer.ts';
import type { CatalogCopy } from './catalog/catalog-copy.ts';
import type { SearchAnswer } from './gather/answer.ts';
import { SearchTrace, type TraceStart } from './gather/search-trace.ts';
import type { DoorDependencies } from './plan/admitted.ts';
import type { NewShards, NewShardsDependencies } from './plan/new-shards.ts';
import type { SearchDefaults } from './plan/search-run.ts';
import type { ReadingDefaults } from './query/search-options.ts';
import type { SearchDependencies } from './search.ts';

export interface SearchServices extends SearchDependencies, Omit<DoorDependencies, 'directory' | 'defence'> {
  readonly config: SearchDefaults & ReadingDefaults;
  readonly catalog: Pick<CatalogCopy, 'findKnown' | 'state' | 'isKnown' | 'look' | 'catchUp'>;
  readonly newShards: NewShards;
  readonly membership: NewShardsDependencies['membership'];
  /** Null where searches are not traced. */
  readonly tracer: Tracer | null;
  readonly metrics: SearchMetrics;
}

export interface SearchMetrics {
  readonly searches: { inc(labels: { readonly outcome: SearchOutcome }): void };
  readonly shardFailures: { inc(labels: { readonly code: string }, shards: number): void };
}

export type SearchOutcome = 'complete' | 'partial' | 'refused' | 'error' | 'cancelled';

export interface SearchAsk {
  /** Name of an index, or what stands for several; see catalog/indexes-under.ts. */
  readonly index: string;
  /** Milliseconds in which the index is to be found. */
  readonly findMs: number;
  /** Reads the caller's words, once the index is known. @throws SheafError */
  readonly read: (schema: IndexSchema, defaults: ReadingDefaults) => SearchRequest;
  /** On the clock of the root. */
  readonly arrivedAt: number;
  /** What `now` stands for in dates, in milliseconds since 1970 UTC; absent, nothing may say it. */
  readonly now?: number;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal;
  /** What the caller has read before, and gives back; undefined where it says nothing. */
  readonly token: string | undefined;
  readonly traceparent: TraceStart['traceparent'];
}

export interface FoundSearch {
  /** Its name and what values of its fields look like; where there are several each hit says its own name, and they look alike. */
  readonly index: Pick<IndexDefinition, 'name' | 'schema'>;
  readonly isOfSeveral: boolean;
  /** As the caller wrote it. */
  readonly request: SearchRequest;
  readonly answer: SearchAnswer;
  /** Of the aggregations, by name. */
  readonly results: Readonly<Record<string, unknown>>;
}

export function beginTrace(
  { tracer }: SearchServices,
  { index, traceparent, arrivedAt: at }: SearchAsk,
): SearchTrace | null {
  return tracer === null ? null : SearchTrace.begin(tracer, { index, traceparent, at });
}

export function endAnswered(
  { metrics, clock }: SearchServices,
  { coverage }: SearchAnswer,
  trace: SearchTrace | null,
): void {
  metrics.searches.inc({ outcome: coverage.shards.failed === 0 ? 'complete' : 'partial' });
  for (const { code, shards } of coverage.failures) metrics.shardFailures.inc({ code }, shards.length);
  trace?.answered(coverage, clock.now());
}

export function endFailed(
  { metrics, clock }: SearchServices,
  error: unknown,
  signal: AbortSignal,
  trace: SearchTrace | null,
): void {
  if (signal.aborted) {
    metrics.searches.inc({ outcome: 'cancelled' });
    return trace?.cancelled(clock.now());
  }
  const { code } = asSheafError(error);
  metrics.searches.inc({ outcome: code === 'OVERLOADED' ? 'refused' : 'error' });
  trace?.failed(code, clock.now());
}
