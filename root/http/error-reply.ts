/** Errors as HTTP answers: `{"error": {code, message, at?, detail?, fix}, "status"}`. */
import type { FastifyError, FastifyReply } from 'fastify';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { RootServices } from './services.ts';

/** A fastify error in Sheaf's words. */
function translate(error: FastifyError, services: RootServices): SheafError {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new SheafError('BODY_TOO_LARGE', { detail: { limitBytes: services.config.bodyBytesMax } });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new SheafError('MEDIA_TYPE_UNSUPPORTED', { detail: { allowed: ['application/json'] } });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new SheafError('JSON_MALFORMED', {
        detail: { reason: 'the body is shorter or longer than content-length' },
      });
    default:
      return asSheafError(error);
  }
}

/** Seconds after which a refused request is worth repeating. */
const retryAfterSeconds = 1;

export function replyError(raw: FastifyError, reply: FastifyReply, services: RootServices): void {
  const error = translate(raw, services);
  if (error.code === 'INTERNAL') services.telemetry.error({ err: raw }, 'a request failed');
  const { status } = error;
  if (status === 503 || status === 429) reply.header('retry-after', String(retryAfterSeconds));
  const body = error.toBody();
  // Coverage stands where it stands in an answer, so that a caller finds it in one place.
  const { coverage, ...detail } = body.detail ?? {};
  const rest = { error: { ...body, detail }, status };
  reply.code(status).send(coverage === undefined ? { ...rest, error: body } : { ...rest, complete: false, coverage });
}
