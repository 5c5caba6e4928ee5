/** The timeout of a search before its index is known, for looking up the index. */
import { isObject } from '../../shared/json/read-object.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { readTimeout } from '../query/read-duration.ts';

interface SearchTimeouts {
  readonly timeoutMs: number;
  readonly timeoutMsMax: number;
}

/**
 * Milliseconds from a search's body, or its parameters where it has none. One that is not valid counts as absent here:
 * whoever reads the whole request refuses it, and says where.
 */
export function peekTimeoutMs(
  { body, query }: { readonly body: unknown; readonly query: unknown },
  { timeoutMs, timeoutMsMax }: SearchTimeouts,
): number {
  const holder = body === undefined ? query : body;
  const written = isObject(holder) ? holder['timeout'] : undefined;
  if (written === undefined) return timeoutMs;
  const isNumber = typeof written === 'string' && /^[\d.]+$/.test(written);
  try {
    return readTimeout(RequestNode.parameter('timeout', isNumber ? Number(written) : written), timeoutMsMax);
  } catch {
    return timeoutMs;
  }
}
