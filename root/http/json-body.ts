/** JSON bodies, with errors that say where. */
import type { FastifyInstance } from 'fastify';
import { SheafError } from '../../shared/errors.ts';
import { requireEncoding } from '../../shared/http/body-encoding.ts';
import { findDuplicateKey } from '../../shared/json/duplicate-key.ts';
import { countNames } from '../../shared/json/json-shape.ts';
import { rememberText } from '../../shared/json/written-number.ts';

/** Registers the parser of application/json: a missing body is `undefined`, and nothing is coerced or dropped. */
export function acceptJsonBodies(app: FastifyInstance, bodyLimit: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit }, (request, body, done) => {
    try {
      requireEncoding(request.headers['content-encoding'], ['identity']);
      done(null, readJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/**
 * A byte order mark is passed over, as the decoder does it.
 * @throws SheafError BODY_TOO_DEEP, BODY_TOO_MANY_PARTS, JSON_MALFORMED, JSON_DUPLICATE_KEY
 */
export function readJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const names = countNames(body);
  const value = parseJson(body);
  const duplicate = findDuplicateKey(body, value, names);
  if (duplicate !== null) throw new SheafError('JSON_DUPLICATE_KEY', duplicate);
  rememberText(value, body);
  return value;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const position = /at position (\d+)/.exec(reason)?.[1];
    throw new SheafError('JSON_MALFORMED', {
      detail: { reason, ...(position === undefined ? {} : { position: Number(position) }) },
      cause: error,
    });
  }
}
