/**
 * The header `traceparent`: `00-<trace>-<span>-<flags>`, all in lower-case hexadecimal. Pure.
 *
 * Source: W3C Trace Context, 3.2. A version from the future is read as far as it is known, as 3.3 asks.
 */
export interface TraceParent {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits. */
  readonly spanId: string;
  /** 8 bits, of which the lowest says that the trace is recorded. */
  readonly flags: number;
}

const pattern =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;

/** Undefined where it is not valid: whoever reads it begins a trace of its own. */
export function parseTraceparent(text: string): TraceParent | undefined {
  const groups = pattern.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { version, traceId = '', spanId = '', flags = '', more } = groups;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

export function formatTraceparent({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}
