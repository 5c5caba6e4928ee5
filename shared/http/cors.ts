/** What pages of the origins that were named may do and read: CORS, as the Fetch standard has it. */
import type { IncomingMessage } from 'node:http';

type Headers = Readonly<Record<string, string>>;

/** Every method of a route. */
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** Headers a route reads that a page may not send unasked. */
const sent = 'content-type, content-encoding, idempotency-key, if-match, if-none-match, sheaf-token, traceparent';
/** Headers of answers that a page does not see unless they are named. */
const shown = 'allow, etag, retry-after, sheaf-log-offset, sheaf-token, traceparent';
/** Seconds a browser may remember; browsers cut it to two hours at most. */
const maxAgeSeconds = 7200;

export interface Cors {
  /** On every answer: whether a page may read it, and that it depends on the origin. */
  readonly headersOf: (request: IncomingMessage) => Headers;
  /** What the question of a browser before a request is answered with, or undefined where it is no such question. */
  readonly preflight: (request: IncomingMessage) => Headers | undefined;
}

/** Undefined where no origin was named: then no answer says a word of it. */
export function corsFor(origins: ReadonlySet<string>): Cors | undefined {
  if (origins.size === 0) return undefined;
  const others: Headers = { vary: 'Origin' };
  return {
    headersOf: ({ headers: { origin } }) => {
      if (origin === undefined || !origins.has(origin)) return others;
      return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': shown };
    },
    preflight: ({ method, headers }) => {
      const { origin } = headers;
      if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
      if (origin === undefined || !origins.has(origin)) return undefined;
      return {
        'access-control-allow-methods': methods,
        'access-control-allow-headers': sent,
        'access-control-max-age': String(maxAgeSeconds),
      };
    },
  };
}
