/**
 * A search from the caller's words to what the caller sees, by whatever way it came: the index is looked up, the words are
 * read and prepared, the search is let in, runs, is traced and counted. What is left to whoever calls is to carry the
 * answer.
 */
import type { IndexDefinition } from '../shared/catalog/catalog.ts';
import { asSheafError, SheafError } from '../shared/errors.ts';
import type { SearchRequest } from '../shared/query/request.ts';
import type { IndexSchema } from '../shared/schema/schema.ts';
import { shareWritten } from '../shared/transport/frame.ts';
import type { Tracer } from '../shared/telemetry/tracer.ts';
import type { SearchAnswer } from './gather/answer.ts';
import { SearchTrace, type TraceStart } from './gather/search-trace.ts';
import { runAdmitted, type DoorDependencies } from './plan/admitted.ts';
import type { NewShards, NewShardsDependencies } from './plan/new-shards.ts';
import type { SearchDefaults } from './plan/search-run.ts';
import { LongLists } from './query/long-lists.ts';
import { readInSlices } from './query/read-in-slices.ts';
import type { ReadingDefaults } from './query/search-options.ts';
import { tokenHeader } from './route/token.ts';
import { search, type SearchDependencies } from './search.ts';

export interface SearchServices extends SearchDependencies, Omit<DoorDependencies, 'directory' | 'defence'> {
  readonly config: SearchDefaults & ReadingDefaults;
  readonly catalog: { find(name: string, timeoutMs: number): Promise<IndexDefinition> };
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
  /** Name of the index. */
  readonly index: string;
  /** Milliseconds in which the index is to be found. */
  readonly findMs: number;
  /** Reads the caller's words, once the index is known. @throws SheafError */
  readonly read: (schema: IndexSchema, defaults: ReadingDefaults) => SearchRequest;
  /** On the clock of the root. */
  readonly arrivedAt: number;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal;
  /** What the caller has read before, and gives back; undefined where it says nothing. */
  readonly token: string | undefined;
  readonly traceparent: TraceStart['traceparent'];
}

export interface FoundSearch {
  readonly index: IndexDefinition;
  /** As the caller wrote it. */
  readonly request: SearchRequest;
  readonly answer: SearchAnswer;
  /** Of the aggregations, by name. */
  readonly results: Readonly<Record<string, unknown>>;
}

/**
 * Only a search that could be read is counted and traced.
 * @throws SheafError INDEX_NOT_FOUND, LOG_UNAVAILABLE, what `read` and the kind of the index throw, OVERLOADED,
 *   COVERAGE_TOO_LOW, TOKEN_INVALID, PIN_INVALID; the reason of the signal after it was aborted
 */
export async function runSearch(root: SearchServices, ask: SearchAsk): Promise<FoundSearch> {
  const { config } = root;
  const { arrivedAt, signal } = ask;
  const index = await root.catalog.find(ask.index, ask.findMs);
  const { sizeDefault, prepare, finish } = root.kinds[index.kind];
  const longLists = new LongLists();
  const read = ask.read(index.schema, { timeoutMsMax: config.timeoutMsMax, sizeDefault, longLists });
  const request = withToken(read, ask.token);
  const { priority = 'interactive', timeoutMs = config.timeoutMs } = request;
  if (!longLists.isEmpty) {
    await readInSlices(root, longLists, { until: arrivedAt + timeoutMs, timeoutMs, signal });
    shareWritten(request.query);
  }
  const prepared = prepare(index, request);
  const trace = beginTrace(root, ask);
  try {
    await root.newShards.wait(root, { index, hasToken: request.token !== undefined, arrivedAt, timeoutMs, signal });
    const answer = await runAdmitted(root, { index, priority, timeoutMs }, () =>
      search(root, config, index, prepared, { arrivedAt, signal, trace }),
    );
    const isComplete = answer.coverage.shards.failed === 0;
    const results = finish(index, request, { partials: answer.aggregations, isComplete });
    endAnswered(root, answer, trace);
    return { index, request, answer, results };
  } catch (error) {
    endFailed(root, error, signal, trace);
    throw error;
  }
}

/** The request with what its caller has read before, beside the write that it names. */
function withToken(request: SearchRequest, header: string | undefined): SearchRequest {
  if (header === undefined) return request;
  if (typeof request.at === 'string') {
    const detail = { expected: 'none beside at, whose state is what it is' };
    throw new SheafError('REQUEST_VALUE_INVALID', { at: tokenHeader, detail });
  }
  return { ...request, readToken: header };
}

function beginTrace({ tracer }: SearchServices, { index, traceparent, arrivedAt: at }: SearchAsk): SearchTrace | null {
  return tracer === null ? null : SearchTrace.begin(tracer, { index, traceparent, at });
}

function endAnswered({ metrics, clock }: SearchServices, { coverage }: SearchAnswer, trace: SearchTrace | null): void {
  metrics.searches.inc({ outcome: coverage.shards.failed === 0 ? 'complete' : 'partial' });
  for (const { code, shards } of coverage.failures) metrics.shardFailures.inc({ code }, shards.length);
  trace?.answered(coverage, clock.now());
}

function endFailed(
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
