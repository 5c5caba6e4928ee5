/** The bytes of a write's body. */
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { SheafError } from '../../../../shared/errors.ts';
import { requireEncoding } from '../../../../shared/http/body-encoding.ts';

/**
 * The body's bytes as they come, unzipped if they are gzip.
 * @param limitBytes after unzipping
 * @throws SheafError BODY_MISSING when there are none, BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED, JSON_MALFORMED when the
 *   body breaks off
 */
export async function* readBody(request: FastifyRequest, limitBytes: number): AsyncIterable<Buffer> {
  const raw = request.body as Readable | undefined;
  if (raw === undefined || raw === null) throw new SheafError('BODY_MISSING');
  let sizeBytes = 0;
  try {
    for await (const chunk of decode(raw, request.headers['content-encoding'])) {
      sizeBytes += (chunk as Buffer).length;
      if (sizeBytes > limitBytes) throw new SheafError('BODY_TOO_LARGE', { detail: { limitBytes } });
      yield chunk as Buffer;
    }
  } catch (error) {
    if (error instanceof SheafError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SheafError('JSON_MALFORMED', { detail: { reason: `the body broke off: ${reason}` }, cause: error });
  }
  if (sizeBytes === 0) throw new SheafError('BODY_MISSING');
}

function decode(raw: Readable, encoding = 'identity'): Readable {
  requireEncoding(encoding, ['identity', 'gzip']);
  if (encoding === 'identity') return raw;
  const body = raw.pipe(createGunzip());
  raw.on('error', (error) => body.destroy(error));
  return body;
}
