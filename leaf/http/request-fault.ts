import { SheafError, type ErrorCode } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

/** What fastify finds wrong with a request before a route sees it. */
const codes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BODY_MISSING',
  FST_ERR_CTP_INVALID_JSON_BODY: 'JSON_MALFORMED',
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
};

/** A fault of the request that fastify found, as an error of the table; undefined for anything else. */
export function requestFault(error: unknown): SheafError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const code = Object.hasOwn(codes, error.code) ? codes[error.code] : undefined;
  return code && new SheafError(code, { detail: detailOf(code, error.message), cause: error });
}

function detailOf(code: ErrorCode, reason: string): Readonly<Record<string, unknown>> {
  if (code === 'BODY_TOO_LARGE') return { limitBytes: limits.frameBytesMax };
  if (code === 'MEDIA_TYPE_UNSUPPORTED') return { allowed: ['application/json'] };
  return code === 'BODY_MISSING' ? {} : { reason };
}
