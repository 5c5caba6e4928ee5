/** Errors as HTTP answers: `{"error": {code, message, at?, detail?, fix}, "status"}`. */
import type { FastifyError, FastifyReply } from 'fastify';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import { shorten } from '../../shared/json/describe-value.ts';
import { limits } from '../../shared/limits.ts';
import type { RootServices } from './services.ts';

/** Longest URL path segment read: a key of 512 bytes, percent-encoded, three characters each. */
export const pathSegmentLengthMax = 3 * limits.keyBytesMax + 64;

/** A fastify error in Sheaf's words. */
function translate(error: FastifyError, { request }: FastifyReply): SheafError {
  switch (error.code) {
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
      return new SheafError('URL_TOO_LONG', { detail: { limit: pathSegmentLengthMax } });
    default:
      return asSheafError(error);
  }
}

/** Seconds after which a refused request is worth repeating. */
const retryAfterSeconds = 1;

export function replyError(raw: FastifyError, reply: FastifyReply, services: RootServices): void {
  const error = translate(raw, reply);
  if (error.code === 'INTERNAL') services.telemetry.error({ err: raw }, 'a request failed');
  const { status } = error;
  if (status === 503 || status === 429) reply.header('retry-after', String(retryAfterSeconds));
  reply.code(status).send(errorAnswer(error));
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
