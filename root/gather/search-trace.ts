/**
 * The points of one search as spans: the search, its rounds, their attempts, the merge. The same points as those of the
 * timeline; what a leaf does for an attempt is its own span, made there. Times are milliseconds on the root's clock.
 */
import type { Span, Tracer } from '../../shared/telemetry/tracer.ts';
import type { AttemptEvent, AttemptObserver } from '../scatter/observe.ts';
import type { Coverage } from './coverage.ts';

export interface TraceStart {
  /** Name of the index. */
  readonly index: string;
  /** The header of the request; one that was sent twice counts as none. */
  readonly traceparent: string | string[] | undefined;
  /** When the request arrived. */
  readonly at: number;
}

/** What one round does for the trace; options of it. */
export interface RoundTrace {
  readonly observe: AttemptObserver;
  /** The parent of what a leaf does for an attempt that was sent. */
  readonly traceparentOf: (attempt: number) => string | undefined;
}

export class SearchTrace {
  private readonly tracer: Tracer;
  private readonly span: Span;
  private round: RoundSpans | null = null;

  private constructor(tracer: Tracer, span: Span) {
    this.tracer = tracer;
    this.span = span;
  }

  /** Null where this search is not to be traced. */
  static begin(tracer: Tracer, { index, traceparent, at }: TraceStart): SearchTrace | null {
    const parent = typeof traceparent === 'string' ? traceparent : undefined;
    const attributes = { 'http.route': '/v1/indexes/:index/search', 'sheaf.index': index };
    const span = tracer.begin('sheaf.search', { kind: 'server', parent, at, attributes });
    return span === null ? null : new SearchTrace(tracer, span);
  }

  /** What is done for one index, of a search of several. */
  part(index: string, at: number): SearchTrace | null {
    const { traceparent: parent } = this.span;
    const span = this.tracer.begin('sheaf.index', {
      kind: 'internal',
      parent,
      at,
      attributes: { 'sheaf.index': index },
    });
    return span === null ? null : new SearchTrace(this.tracer, span);
  }

  /** Begins a round; the one before has ended by then. */
  beginRound(name: string, now: number): RoundTrace {
    this.round?.end(now);
    const round = new RoundSpans(this.tracer, this.span.traceparent, name, now);
    this.round = round;
    return { observe: (event) => round.observe(event), traceparentOf: (attempt) => round.traceparentOf(attempt) };
  }

  merged(beganAt: number, endedAt: number): void {
    this.endRound(beganAt);
    const { traceparent: parent } = this.span;
    this.tracer.begin('sheaf.merge', { kind: 'internal', parent, at: beganAt, attributes: {} })?.end(endedAt);
  }

  /** The results of aggregations were made. */
  finished(beganAt: number, endedAt: number): void {
    const { traceparent: parent } = this.span;
    this.tracer.begin('sheaf.finish', { kind: 'internal', parent, at: beganAt, attributes: {} })?.end(endedAt);
  }

  answered({ shards, ratio }: Coverage, at: number): void {
    // Of one of several searches rounds may have followed the merge.
    this.endRound(at);
    this.span.set({
      'sheaf.complete': shards.failed === 0,
      'sheaf.coverage': ratio,
      'sheaf.shards.asked': shards.asked,
      'sheaf.shards.answered': shards.answered,
      'sheaf.shards.failed': shards.failed,
    });
    this.span.end(at);
  }

  /** @param code of the error that is answered */
  failed(code: string, at: number): void {
    this.endRound(at);
    this.span.set({ 'error.type': code });
    this.span.end(at, code);
  }

  /** The caller has left: nobody is answered, and nothing went wrong. */
  cancelled(at: number): void {
    this.endRound(at);
    this.span.set({ 'sheaf.end': 'cancelled' });
    this.span.end(at);
  }

  private endRound(at: number): void {
    this.round?.end(at);
    this.round = null;
  }
}

class RoundSpans {
  private readonly tracer: Tracer;
  private readonly span: Span | null;
  private readonly parents: string[] = [];
  /** Attempts that have not ended, by number. */
  private readonly open = new Map<number, Span>();

  constructor(tracer: Tracer, parent: string, name: string, at: number) {
    this.tracer = tracer;
    this.span = tracer.begin(`sheaf.round ${name}`, { kind: 'internal', parent, at, attributes: {} });
  }

  traceparentOf(attempt: number): string | undefined {
    return this.parents[attempt];
  }

  observe(event: AttemptEvent): void {
    if (event.kind === 'sent') return this.begin(event);
    const span = this.open.get(event.attempt);
    if (span === undefined) return;
    switch (event.kind) {
      case 'received':
        span.event('received', event.at, {
          'sheaf.bytes': event.bytes,
          'sheaf.shards.failed': event.failed.length,
          ...(event.timing === undefined
            ? {}
            : { 'sheaf.queued_us': event.timing.queuedUs, 'sheaf.executed_us': event.timing.executedUs }),
        });
        return;
      case 'taken':
        return this.endAttempt(event.attempt, event.at, 'taken');
      case 'failed':
        return this.endAttempt(event.attempt, event.at, event.code, event.code);
      case 'cancelled':
        return this.endAttempt(event.attempt, event.at, event.why);
    }
  }

  end(at: number): void {
    // An answer that came whole and was not needed has lost too.
    for (const attempt of this.open.keys()) this.endAttempt(attempt, at, 'lost');
    this.span?.end(at);
  }

  private begin({ attempt, at, leaf, shards, reason }: AttemptEvent & { kind: 'sent' }): void {
    if (this.span === null) return;
    const span = this.tracer.begin('sheaf.attempt', {
      kind: 'client',
      parent: this.span.traceparent,
      at,
      attributes: {
        'sheaf.attempt': attempt,
        'sheaf.leaf': leaf.name,
        'sheaf.shards': shards,
        'sheaf.reason': reason,
        'sheaf.leaf.in_flight': leaf.inFlight,
        'sheaf.leaf.latency_us': Math.round(leaf.latencyMs * 1000),
        'sheaf.leaf.condition': leaf.condition,
      },
    });
    if (span === null) return;
    this.parents[attempt] = span.traceparent;
    this.open.set(attempt, span);
  }

  private endAttempt(attempt: number, at: number, outcome: string, error?: string): void {
    const span = this.open.get(attempt)!;
    this.open.delete(attempt);
    span.set({ 'sheaf.outcome': outcome });
    span.end(at, error);
  }
}
