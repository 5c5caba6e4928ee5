/** Answers to what never became a request: bytes that are no HTTP, a head that is too large, one that came too slowly. */
import { maxHeaderSize } from 'node:http';
import type { Socket } from 'node:net';
import { SheafError } from '../errors.ts';
import { rawErrorAnswer } from './error-answer.ts';

interface ClientError extends Error {
  readonly code?: string;
  /** The parser's words. */
  readonly reason?: string;
}

/** Handles `clientError` of the HTTP server: writes the error in Sheaf's shape, then ends the connection. */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(rawErrorAnswer(translate(error)));
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
