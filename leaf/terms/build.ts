import { buildPathTree, forEachValue } from '../../shared/schema/extract.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { StoredWriter } from '../documents/stored.ts';
import { PostingsWriter, writeTermSegment, type EncodedPostings, type ShardPlace } from './contents.ts';
import type { PendingDocument } from './pending-documents.ts';
import type { PostingColumns } from './posting-list.ts';
import { TermCollector } from './term-collector.ts';

/**
 * Builds the segment that one shard keeps of these documents: the postings of its terms, the documents whose ordinals are
 * its own, and the lengths of all. The same input gives the same bytes.
 *
 * Cost: every document is parsed and analysed, whatever part of it is kept.
 * @param documents with ascending ordinals
 */
export function buildTermSegment(
  fields: readonly IndexedField[],
  documents: readonly PendingDocument[],
  place: ShardPlace,
): SharedArrayBuffer {
  const collectors = fields.map((field) => new TermCollector(field, place, documents.length));
  collectTerms(collectors, documents);
  const own = documents.filter(({ ordinal }) => ordinal % place.shards === place.shard);
  const sources = new StoredWriter();
  for (const { source } of own) sources.add(source);
  return writeTermSegment({
    place,
    ordinals: Uint32Array.from(documents, ({ ordinal }) => ordinal),
    fields: collectors.map(({ field, lengths }) => ({ name: field.name, lengths })),
    terms: sortTerms(collectors),
    keys: own.map(({ key }) => Buffer.from(key)),
    sources: sources.finish(),
  });
}

function collectTerms(collectors: readonly TermCollector[], documents: readonly PendingDocument[]): void {
  const byPath = new Map<string, TermCollector[]>();
  for (const collector of collectors) {
    const { path } = collector.field;
    byPath.set(path, [...(byPath.get(path) ?? []), collector]);
  }
  const tree = buildPathTree(byPath);
  for (const { ordinal, source } of documents) {
    const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString();
    forEachValue(JSON.parse(text) as object, tree, {
      value(targets, value) {
        for (const collector of targets) collector.add(value);
      },
    });
    for (const collector of collectors) collector.endDocument(ordinal);
  }
}

function sortTerms(collectors: readonly TermCollector[]): EncodedPostings {
  const named: [name: Uint8Array, columns: PostingColumns][] = [];
  for (const collector of collectors) {
    for (const [name, columns] of collector.columns()) named.push([Buffer.from(name), columns]);
  }
  named.sort(([a], [b]) => Buffer.compare(a, b));
  const writer = new PostingsWriter();
  for (const [name, columns] of named) writer.add(name, columns);
  return writer.finish();
}
