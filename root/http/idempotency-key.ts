/** The header Idempotency-Key: what a request is known by when it is sent again. */
import { createHash, hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
import { keyScopeOfAlias, keyScopeOfIndex } from '../../shared/catalog/key-scope.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

const idempotencyHeaderName = 'idempotency-key';

const visible = /^[\x21-\x7e]+$/;

/** Whether the request has a key, right or wrong. */
export function isKeyed({ headers }: FastifyRequest): boolean {
  return headers[idempotencyHeaderName] !== undefined;
}

/** What a request is sent to. */
export interface Addressed {
  readonly index: Pick<IndexDefinition, 'id' | 'name' | 'isRenamed'>;
  /** By which the request names the index. */
  readonly name: string;
  readonly catalog: { readonly state: CatalogState };
}

/**
 * The key, inside the index, or null where there is none. Of a request to an alias it is inside the alias, so that a repeat is one
 * also where writes have moved on to another index meanwhile.
 * @throws SheafError IDEMPOTENCY_KEY_INVALID
 */
export function readIdempotencyKey(request: FastifyRequest, { index, name, catalog }: Addressed): string | null {
  const value = keyText(request);
  if (value === null) return null;
  const isAlias = index.name !== name;
  return `${isAlias ? keyScopeOfAlias(name, catalog.state.aliases.get(name)) : keyScopeOfIndex(index)}/${value}`;
}

/** The key as it was sent, or null. @throws SheafError IDEMPOTENCY_KEY_INVALID */
export function keyText(request: FastifyRequest): string | null {
  const value = request.headers[idempotencyHeaderName];
  if (value === undefined) return null;
  const limit = limits.idempotencyKeyLengthMax;
  if (typeof value === 'string' && value.length <= limit && visible.test(value)) return value;
  const detail = { expected: `1 to ${limit} visible ASCII characters`, limit, actual: value.length };
  throw new SheafError('IDEMPOTENCY_KEY_INVALID', { at: idempotencyHeaderName, detail });
}

/** Characters of base64: 96 bits of SHA-256. */
const digestLength = 16;

/** What a repeat has in common with the first: how the body is to be read, and the body. */
export function requestDigest(about: string, body: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${about}\n`), body]), 'base64').slice(0, digestLength);
}

/** A body that is digested as it passes. @returns the same body, and its digest once it was read to the end */
export function digestBody(body: AsyncIterable<Buffer>, about: string) {
  const digest = createHash('sha256').update(`${about}\n`);
  const pass = async function* (): AsyncIterable<Buffer> {
    for await (const piece of body) {
      digest.update(piece);
      yield piece;
    }
  };
  return { body: pass(), digest: () => digest.digest('base64').slice(0, digestLength) };
}
