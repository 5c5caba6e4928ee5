/** An answer as one JSON value, for clients that speak plain HTTP: everything stands where it belongs. */
import { eachSource, type FetchedSources } from '../../shared/protocol/fetched-sources.ts';
import { HitReader, type HitTable } from '../../shared/protocol/hit-table.ts';
import type { Answer } from '../tasks/assemble.ts';

/** Hits are objects; each, and a document that was found, has its `source` as JSON where it was asked for and sent. */
export function inlineSources({ partial, body }: Answer): unknown {
  if (partial.kind === 'document' && partial.found !== null) {
    return { ...partial, found: { ...partial.found, source: parse(body[0]!) } };
  }
  if (partial.kind === 'fetch') return { ...partial, found: inlineFetched(partial.found, Buffer.concat(body)) };
  return partial.kind === 'search' ? { ...partial, hits: inlineHits(partial.hits, Buffer.concat(body)) } : partial;
}

function inlineHits(table: HitTable, body: Buffer): unknown[] {
  const hits: unknown[] = [];
  const reader = new HitReader(table, body);
  for (let hit = reader.next(); hit !== undefined; hit = reader.next()) {
    const bytes = reader.source();
    const source = bytes.length === 0 ? {} : { source: parse(bytes) };
    hits.push({ key: reader.key(), ...hit, score: reader.score(), ...reader.told(), ...source });
  }
  return hits;
}

function inlineFetched(found: FetchedSources, body: Buffer): unknown[] {
  const documents: unknown[] = [];
  eachSource(found, body, (shard, offset, source) => documents.push({ shard, offset, source: parse(source) }));
  return documents;
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}
