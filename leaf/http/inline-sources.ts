/** An answer as one JSON value, for clients that speak plain HTTP: the sources stand where they belong. */
import type { Answer } from '../tasks/assemble.ts';

/** Each hit, and a document that was found, has its `source` as JSON where sources were asked for. */
export function inlineSources({ partial, body }: Answer): unknown {
  if (partial.kind === 'document' && partial.found !== null) {
    return { ...partial, found: { ...partial.found, source: parse(body[0]!) } };
  }
  if (partial.kind !== 'search' || body.length === 0) return partial;
  const hits = partial.hits.map((hit, i) => ({ ...hit, source: parse(body[i]!) }));
  return { ...partial, hits };
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}
