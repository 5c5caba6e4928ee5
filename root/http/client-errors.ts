/** Answers to what never became a request: bytes that are no HTTP, a head that is too large, one that came too slowly. */
import { maxHeaderSize, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { SheafError } from '../../shared/errors.ts';
import { errorAnswer } from './error-reply.ts';

interface ClientError extends Error {
  readonly code?: string;
  /** The parser's words. */
  readonly reason?: string;
}

/** Handles `clientError` of the HTTP server: writes the error in Sheaf's shape, then ends the connection. */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(render(translate(error)));
  socket.destroySoon();
}

function translate(error: ClientError): SheafError {
  const { code } = error;
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new SheafError('REQUEST_HEAD_TOO_LARGE', { detail: { limitBytes: maxHeaderSize } });
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new SheafError('REQUEST_TOO_SLOW');
  return new SheafError('HTTP_MALFORMED', { detail: { reason: error.reason ?? error.message } });
}

function render(error: SheafError): string {
  const body = JSON.stringify(errorAnswer(error));
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
