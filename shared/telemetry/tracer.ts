/**
 * Spans: what a process did for one trace, from when to when. An interface of our own, so that nothing of OpenTelemetry is
 * loaded where no spans are wanted; open-tracing.ts is it in terms of that. Times are milliseconds on the process's clock.
 */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly number[]>>;

export interface Span {
  /** Its place in its trace, as W3C Trace Context writes it: the parent of what is asked of others for it. */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  /** Something that happened within it. */
  event(name: string, at: number, attributes: SpanAttributes): void;
  /** To be called once. @param error code of the fault that ended it */
  end(at: number, error?: string): void;
}

export interface SpanStart {
  /** `server` answers another process, `client` asks one, `internal` neither. */
  readonly kind: 'server' | 'client' | 'internal';
  /** A traceparent. Without one, or with one that cannot be read, the span begins a trace. */
  readonly parent: string | undefined;
  readonly at: number;
  readonly attributes: SpanAttributes;
}

export interface Tracer {
  /** Null where the trace is not recorded. */
  begin(name: string, start: SpanStart): Span | null;
}
