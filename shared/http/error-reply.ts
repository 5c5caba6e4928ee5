/** What goes wrong with a request, fastify's faults among it, as a reply. */
import type { FastifyError, FastifyReply } from 'fastify';
import { asSheafError, SheafError } from '../errors.ts';
import { shorten } from '../json/describe-value.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { challengeOf, errorAnswer } from './error-answer.ts';

export interface ErrorReplies {
  /** Told of faults of this process. */
  readonly telemetry: Telemetry;
  /** Longest part of a path between slashes, in characters: what a longer one is told. */
  readonly segmentLengthMax: number;
  /** Seconds after which a refused request is worth repeating; 0 says nothing of it. */
  readonly retryAfterSeconds: number;
}

export function replyError(raw: FastifyError, reply: FastifyReply, replies: ErrorReplies): void {
  const { telemetry, retryAfterSeconds } = replies;
  const error = translate(raw, reply, replies);
  if (error.code === 'INTERNAL') {
    // The route and not the URL: what a caller searches for is the caller's.
    telemetry.error({ err: raw, route: reply.request.routeOptions.url ?? null }, 'a request failed');
  }
  const { status } = error;
  if (retryAfterSeconds > 0 && (status === 503 || status === 429)) {
    reply.header('retry-after', String(retryAfterSeconds));
  }
  // Who has not proved who it is begins anew, on a connection of its own.
  if (status === 401) reply.headers({ ...challengeOf(error), connection: 'close' });
  reply.code(status).send(errorAnswer(error));
}

/** A fastify error in Sheaf's words. */
function translate(error: FastifyError, { request }: FastifyReply, { segmentLengthMax }: ErrorReplies): SheafError {
  switch (error.code) {
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new SheafError('BODY_MISSING', { cause: error });
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new SheafError('JSON_MALFORMED', { detail: { reason: error.message }, cause: error });
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new SheafError('BODY_TOO_LARGE', { detail: { limitBytes: request.routeOptions.bodyLimit ?? null } });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new SheafError('MEDIA_TYPE_UNSUPPORTED', {
        detail: {
          allowed: request.routeOptions.schema?.consumes ?? ['application/json'],
          actual: request.headers['content-type'] ?? null,
        },
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new SheafError('JSON_MALFORMED', {
        detail: { reason: 'the body is shorter or longer than content-length' },
      });
    case 'FST_ERR_BAD_URL':
      return new SheafError('URL_MALFORMED', { detail: { path: shorten(request.url) } });
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new SheafError('URL_TOO_LONG', { detail: { limit: segmentLengthMax } });
    default:
      return error instanceof SheafError ? error : translateOther(error, request);
  }
}

/** What libraries throw: they say by a status whose fault it is. */
function translateOther(error: FastifyError, { method, url, raw }: FastifyReply['request']): SheafError {
  const { statusCode = 500, message: reason } = error;
  if (error.code === 'ECONNRESET' && !raw.complete) return new SheafError('REQUEST_BROKEN_OFF', { cause: error });
  if (statusCode < 400 || statusCode >= 500) return asSheafError(error);
  // A path that leads out of the folder of a page is one that is not there.
  if (statusCode === 403 || statusCode === 404) {
    return new SheafError('ROUTE_UNKNOWN', { detail: { method, path: shorten(url.split('?', 1)[0]!) }, cause: error });
  }
  return new SheafError('HTTP_MALFORMED', { detail: { reason }, cause: error });
}
