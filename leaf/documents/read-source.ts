import type { SourceFilter } from '../../shared/query/request.ts';
import { filterSource } from './source-filter.ts';
import { sourceAt, type StoredDocuments } from './stored.ts';

/** What unpacking the block of a source costs, in documents that are looked at. */
export const sourceCost = 16;
/** Bytes of a source that are filtered for what a document costs. */
const bytesFilteredPerDocument = 32;

/** One document's source, cut down to what was asked for. */
export function readSource(sources: StoredDocuments, docId: number, filter: Exclude<SourceFilter, false>): Uint8Array {
  const source = sourceAt(sources, docId);
  return filter === true ? source : filterSource(source, filter);
}

/** What reading a source costs, in documents that are looked at. @param bytes of the source, which are parsed where it is not told as it is */
export function readingCostOf(filter: SourceFilter, bytes: number): number {
  return filter === true ? sourceCost : sourceCost + bytes / bytesFilteredPerDocument;
}
