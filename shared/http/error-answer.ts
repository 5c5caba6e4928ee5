/** Errors as HTTP answers: `{"error": {code, message, at?, detail?, fix}, "status"}`. */
import { STATUS_CODES } from 'node:http';
import type { SheafError } from '../errors.ts';

/** What is said with 401: how one proves who one is. */
export function challengeOf({ status }: SheafError): Readonly<Record<string, string>> {
  return status === 401 ? { 'www-authenticate': 'Sheaf-Handshake' } : {};
}

/** What is sent of an error. Coverage and timeline stand where they stand in an answer: a caller finds them in one place. */
export function errorAnswer(error: SheafError): Readonly<Record<string, unknown>> {
  const { status } = error;
  const body = error.toBody();
  const { coverage, profile, ...detail } = body.detail ?? {};
  if (coverage === undefined) return { error: body, status };
  return {
    error: { ...body, detail },
    status,
    complete: false,
    coverage,
    ...(profile === undefined ? {} : { profile }),
  };
}

/**
 * The same as bytes for a socket that nobody else answers on: what never became a request, or would have become a connection
 * of frames. The connection is to end with it.
 *
 * @param headers by lower-case name, beside and in place of the usual
 */
export function rawErrorAnswer(error: SheafError, headers: Readonly<Record<string, string>> = {}): string {
  const body = JSON.stringify(errorAnswer(error));
  const all = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...challengeOf(error),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n${body}`;
}
