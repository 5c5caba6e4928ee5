import type { FastifyRequest } from 'fastify';
import type { WriteSource } from '../../../route/write-jobs.ts';
import { digestBody, readIdempotencyKey, requestDigest, type Addressed } from '../../idempotency-key.ts';
import type { Write } from './run-write.ts';

const nothing = new Uint8Array();

/**
 * A source of documents that is recorded once where the request has an Idempotency-Key, and as it is where it has none.
 * @param about what else than the body makes two requests the same: the parameters that change what is written
 * @throws SheafError IDEMPOTENCY_KEY_INVALID
 */
export function knownAgain(
  request: FastifyRequest,
  addressed: Addressed,
  { source, about }: { readonly source: WriteSource; readonly about: readonly unknown[] },
): Pick<Write, 'source' | 'name' | 'identity' | 'keySeed'> {
  const key = readIdempotencyKey(request, addressed);
  if (key === null) return { source };
  const { name } = addressed;
  const text = JSON.stringify(about);
  if (source.kind === 'delete') {
    return { source, name, identity: () => ({ key, digest: requestDigest(text, nothing) }) };
  }
  const { body, digest } = digestBody(source.body, text);
  return { source: { kind: 'body', body }, name, identity: () => ({ key, digest: digest() }), keySeed: key };
}
