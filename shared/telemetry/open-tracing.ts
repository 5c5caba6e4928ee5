/**
 * Spans by OpenTelemetry, sent as OTLP over HTTP. Its packages are loaded here, when spans are wanted, and nowhere else.
 * Touches the world: sockets and timers.
 */
import type { Context, Span as OtelSpan } from '@opentelemetry/api';
import type { Telemetry } from './telemetry.ts';
import type { Span, SpanStart, Tracer } from './tracer.ts';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';

export interface TracingOptions {
  /** Where a collector takes traces: http://localhost:4318/v1/traces. */
  readonly url: string;
  /** `service.name` of the spans. */
  readonly service: string;
  /** `service.instance.id` of the spans. */
  readonly instance: string;
  /** Share of the traces that begin here which are recorded, 0 to 1; of others their traceparent says it. */
  readonly share: number;
  /** Milliseconds from 1970 to the zero of the clock that spans are timed by. */
  readonly timeOrigin: number;
  readonly telemetry: Telemetry;
}

export interface Tracing extends Tracer {
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>;
}

/** A collector that does not answer is no reason to keep spans, or a process that ends, for long. */
const exportMsMax = 2000;
/** Spans wait so long for others to go with. */
const batchMs = 1000;
/** More than this are dropped; a search of 16 tasks makes about 60. */
const spansMax = 8192;

export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const { url, service, instance, share, timeOrigin, telemetry } = options;
  const quiet = (): void => undefined;
  const warn = (reason: string): void => telemetry.warn({ reason }, 'spans could not be sent');
  api.diag.setLogger({ error: warn, warn, info: quiet, debug: quiet, verbose: quiet }, api.DiagLogLevel.WARN);
  const provider = new sdk.TracerProvider({
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(share) }),
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, timeoutMillis: exportMsMax }),
        scheduledDelayMillis: batchMs,
        exportTimeoutMillis: exportMsMax,
        maxQueueSize: spansMax,
      }),
    ],
  });
  const tracer = provider.getTracer('sheaf');
  const kinds = { server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT, internal: api.SpanKind.INTERNAL };
  const contextOf = ({ kind, parent }: SpanStart): Context => {
    const read = parent === undefined ? undefined : parseTraceparent(parent);
    if (read === undefined) return api.ROOT_CONTEXT;
    const { traceId, spanId, flags } = read;
    const isRemote = kind === 'server';
    return api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags: flags, isRemote });
  };
  const spanOf = (span: OtelSpan): Span => {
    const { traceId, spanId, traceFlags: flags } = span.spanContext();
    return {
      traceparent: formatTraceparent({ traceId, spanId, flags }),
      set: (attributes) => void span.setAttributes(copy(attributes)),
      event: (name, at, attributes) => void span.addEvent(name, copy(attributes), timeOrigin + at),
      end: (at, error) => {
        if (error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: error });
        span.end(timeOrigin + at);
      },
    };
  };
  return {
    begin: (name, start) => {
      const { kind, at, attributes } = start;
      const more = { kind: kinds[kind], startTime: timeOrigin + at, attributes: copy(attributes) };
      const span = tracer.startSpan(name, more, contextOf(start));
      return span.isRecording() ? spanOf(span) : null;
    },
    close: async () => {
      await provider.shutdown().catch((error: unknown) => warn(String(error)));
    },
  };
}

/** The same, as the library wants it: arrays that it might write to. */
function copy(attributes: SpanStart['attributes']): Record<string, string | number | boolean | number[]> {
  const copied: Record<string, string | number | boolean | number[]> = {};
  for (const [name, value] of Object.entries(attributes)) copied[name] = typeof value === 'object' ? [...value] : value;
  return copied;
}
