import { isCurrentAnalysis, type AnalysisVersion } from '../../shared/analysis/analysis-version.ts';
import { SheafError } from '../../shared/errors.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { isAnalyzed } from '../../shared/schema/find-field.ts';
import { definitionOf, fieldKinds } from '../../shared/schema/kinds/field-kinds.ts';
import { optionsOf, type IndexedField } from '../../shared/schema/schema.ts';
import { unpackAscending } from '../columns/ascending.ts';
import { unpackStarts } from '../columns/columns.ts';
import { PackedNumbers } from '../columns/packed-numbers.ts';
import { KeyTable, slotCount } from '../documents/key-table.ts';
import { StoredDocuments } from '../documents/stored.ts';
import { checksummedFrom, formatVersion, header, magic } from './layout.ts';
import type { FieldEntry } from './contents.ts';
import { segmentLayout, type SegmentField } from './layouts/segment-layouts.ts';
import { newer } from './newer.ts';
import { corrupt, SectionReader } from './section-reader.ts';

/** An immutable piece of a shard replica, open for reading: views of its buffer. docIds run from 0 to documents − 1. */
export interface Segment {
  readonly buffer: SharedArrayBuffer;
  readonly sizeBytes: number;
  /** Documents in it, deleted ones included. */
  readonly documents: number;
  /** Log offset of each document's put, ascending. */
  readonly offsets: Float64Array;
  /** Version of each document, from 1: see shared/judge/key-state.ts. */
  readonly versions: PackedNumbers;
  /** Of what each document is a copy: see shared/judge/key-state.ts. */
  readonly origins: PackedNumbers;
  readonly keys: KeyTable;
  readonly sources: StoredDocuments;
  readonly fields: readonly IndexedField[];
  /** What made the terms of its text fields, by name. */
  readonly analyses: ReadonlyMap<string, AnalysisVersion>;
  /** Whether other terms would be made of its texts today, so that queries may miss some: it is to be written anew. */
  readonly isOutdated: boolean;
  /** By the name queries use. A field added to the schema later is not here, and has no values. */
  readonly fieldsByName: ReadonlyMap<string, SegmentField>;
}

/**
 * Opens a segment: nothing is copied but offsets and where keys begin, 12 bytes a document. Cost: one pass over the bytes
 * for the checksum, one over the documents, and an object a field.
 * @throws SheafError SEGMENT_CORRUPT when any byte is not as it was written, SEGMENT_VERSION_UNKNOWN when a newer version
 *   wrote it
 */
export function openSegment(buffer: SharedArrayBuffer): Segment {
  const documents = checkHeader(buffer);
  const reader = new SectionReader(buffer);
  // In the order of the layout: the reader takes section after section.
  const table = JSON.parse(Buffer.from(reader.bytes('fieldTable')).toString()) as FieldEntry[];
  const fields = table.map((entry): IndexedField => ({ name: entry.name, path: entry.path, ...optionsOf(entry) }));
  const analyses = new Map(table.flatMap(({ name, analysis }) => (analysis === undefined ? [] : [[name, analysis]])));
  const first = reader.packed('firstOffset', Math.min(documents, 1));
  const offsets = unpackAscending({ first, distances: reader.packed('offsetDistances', documents) }, documents);
  const keys = readKeys(reader, documents);
  const sources = readSources(reader, documents);
  const versions = new PackedNumbers(reader.packed('versions', documents));
  const origins = new PackedNumbers(reader.packed('origins', documents));
  const fieldsByName = new Map(fields.map((field) => [field.name, readField(reader, field, documents)]));
  reader.finish();
  const sizeBytes = buffer.byteLength;
  const isOutdated = table.some(({ name, kind }) => isAnalyzed({ kind }) && !isCurrentAnalysis(analyses.get(name)));
  const columns = { offsets, versions, origins, keys, sources };
  return { buffer, sizeBytes, documents, ...columns, fields, analyses, isOutdated, fieldsByName };
}

/** Checks all that the checksum covers and all that it does not. Gives the number of documents. */
function checkHeader(buffer: SharedArrayBuffer): number {
  if (buffer.byteLength < header.table) throw corrupt('shorter than a header');
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  if (magic.some((byte, i) => bytes[i] !== byte)) throw corrupt('no segment');
  const version = view.getUint32(header.version, true);
  if (version > formatVersion) throw newer('segment', version, formatVersion);
  if (version !== formatVersion) {
    throw new SheafError('SEGMENT_CORRUPT', { detail: { reason: 'format version', expected: formatVersion, version } });
  }
  if (view.getUint32(header.zero, true) !== 0) throw corrupt('header');
  if (view.getBigUint64(header.checksum, true) !== hashBytes64(bytes.subarray(checksummedFrom))) {
    throw corrupt('checksum');
  }
  if (view.getBigUint64(header.sizeBytes, true) !== BigInt(bytes.length)) throw corrupt('size');
  return view.getUint32(header.documents, true);
}

function readKeys(reader: SectionReader, documents: number): KeyTable {
  const starts = unpackStarts(reader.packed('keyLengths', documents));
  const bytes = reader.bytes('keyBytes', starts[documents]);
  return new KeyTable({ starts, bytes, slots: reader.uint32('keySlots', slotCount(documents)) });
}

function readSources(reader: SectionReader, documents: number): StoredDocuments {
  const blockDocuments = reader.starts('sourceBlockDocuments');
  if (documents > 0 && blockDocuments.at(-1) !== documents) throw corrupt('sourceBlockDocuments');
  const blockStarts = reader.starts('sourceBlockStarts', blockDocuments.length - 1);
  const bytes = reader.bytes('sourceBytes', blockStarts.at(-1));
  return new StoredDocuments({ blockDocuments, blockStarts, bytes });
}

function readField(reader: SectionReader, field: IndexedField, documents: number): SegmentField {
  if (!fieldKinds.includes(field.kind)) throw corrupt('field kind');
  return segmentLayout(definitionOf(field.kind).layout).open(reader, documents);
}
