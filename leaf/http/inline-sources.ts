/** An answer as one JSON value, for clients that speak plain HTTP: everything stands where it belongs. */
import { HitReader, type HitTable } from '../../shared/protocol/hit-table.ts';
import type { Answer } from '../tasks/assemble.ts';

/** Hits are objects; each, and a document that was found, has its `source` as JSON where sources were asked for. */
export function inlineSources({ partial, body }: Answer): unknown {
  if (partial.kind === 'document' && partial.found !== null) {
    return { ...partial, found: { ...partial.found, source: parse(body[0]!) } };
  }
  return partial.kind === 'search' ? { ...partial, hits: inlineHits(partial.hits, Buffer.concat(body)) } : partial;
}

function inlineHits(table: HitTable, body: Buffer): unknown[] {
  const hits: unknown[] = [];
  const reader = new HitReader(table, body);
  for (let hit = reader.next(); hit !== undefined; hit = reader.next()) {
    const source = table.sourceBytes === undefined ? {} : { source: parse(reader.source()) };
    hits.push({ key: reader.key(), ...hit, score: reader.score(), ...reader.told(), ...source });
  }
  return hits;
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}
