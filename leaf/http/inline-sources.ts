/** An answer as one JSON value, for clients that speak plain HTTP: everything stands where it belongs. */
import { eachFetched, type FetchedDocuments } from '../../shared/protocol/fetched-documents.ts';
import { ReceivedHits, type HitTable } from '../../shared/protocol/hit-table.ts';
import type { Answer } from '../tasks/assemble.ts';

/** Hits are objects; each, and a document that was found, has its `source` as JSON where it was asked for and sent. A key that was held back is null. */
export function inlineSources({ partial, body }: Answer): unknown {
  if (partial.kind === 'document' && partial.found !== null) {
    return { ...partial, found: { ...partial.found, source: parse(body[0]!) } };
  }
  if (partial.kind === 'fetch') return { ...partial, found: inlineFetched(partial.found, Buffer.concat(body)) };
  return partial.kind === 'search' ? { ...partial, hits: inlineHits(partial.hits, Buffer.concat(body)) } : partial;
}

function inlineHits(table: HitTable, body: Buffer): unknown[] {
  const hits = new ReceivedHits(table, body);
  return Array.from({ length: hits.count }, (_, rank) => {
    const bytes = hits.sourceAt(rank);
    return { ...hits.hitAt(rank), ...(bytes.length === 0 ? {} : { source: parse(bytes) }) };
  });
}

function inlineFetched(found: FetchedDocuments, body: Buffer): unknown[] {
  const documents: unknown[] = [];
  eachFetched(found, body, (shard, offset, { key, source }) => {
    documents.push({ shard, offset, key, ...(source.length === 0 ? {} : { source: parse(source) }) });
  });
  return documents;
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}
