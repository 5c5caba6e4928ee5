import { SheafError } from '../../shared/errors.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { bitsetBytes } from '../columns/bitset.ts';
import { Dictionary } from '../dictionary/dictionary.ts';
import { KeyTable, slotCount } from '../documents/key-table.ts';
import type { StoredDocuments } from '../documents/stored.ts';
import { contentsKind } from './contents.ts';
import type { FieldContents, KeywordContents, NumberContents, TextContents } from './contents.ts';
import { checksummedFrom, formatVersion, header, magic } from './layout.ts';
import { corrupt, SectionReader } from './section-reader.ts';

export type TextField = TextContents<Dictionary>;
export type KeywordField = KeywordContents<Dictionary>;
export type NumberField = NumberContents;
export type SegmentField = FieldContents<Dictionary>;

/** An immutable piece of a shard replica, open for reading: views of its buffer. docIds run from 0 to documents − 1. */
export interface Segment {
  readonly buffer: SharedArrayBuffer;
  readonly sizeBytes: number;
  /** Documents in it, deleted ones included. */
  readonly documents: number;
  /** Log offset of each document's put, ascending. */
  readonly offsets: Float64Array;
  readonly keys: KeyTable;
  readonly sources: StoredDocuments;
  readonly fields: readonly IndexedField[];
  /** By the name queries use. A field added to the schema later is not here, and has no values. */
  readonly fieldsByName: ReadonlyMap<string, SegmentField>;
}

/**
 * Opens a segment: nothing is copied. Cost: one pass over the bytes for the checksum, and an object a field.
 * @throws SheafError SEGMENT_CORRUPT when any byte is not as it was written
 */
export function openSegment(buffer: SharedArrayBuffer): Segment {
  const documents = checkHeader(buffer);
  const reader = new SectionReader(buffer);
  // In the order of the layout: the reader takes section after section.
  const fields = JSON.parse(Buffer.from(reader.bytes('fieldTable')).toString()) as IndexedField[];
  const offsets = reader.float64('offsets', documents);
  const keys = readKeys(reader, documents);
  const sources = readSources(reader, documents);
  const fieldsByName = new Map(fields.map((field) => [field.name, readField(reader, field, documents)]));
  reader.finish();
  return { buffer, sizeBytes: buffer.byteLength, documents, offsets, keys, sources, fields, fieldsByName };
}

/** Checks all that the checksum covers and all that it does not. Gives the number of documents. */
function checkHeader(buffer: SharedArrayBuffer): number {
  if (buffer.byteLength < header.table) throw corrupt('shorter than a header');
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  if (magic.some((byte, i) => bytes[i] !== byte)) throw corrupt('no segment');
  const version = view.getUint32(header.version, true);
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
  const starts = reader.starts('keyStarts', documents);
  const bytes = reader.bytes('keyBytes', starts[documents]);
  return new KeyTable({ starts, bytes, slots: reader.uint32('keySlots', slotCount(documents)) });
}

function readSources(reader: SectionReader, documents: number): StoredDocuments {
  const starts = reader.starts('sourceStarts', documents);
  return { starts, bytes: reader.bytes('sourceBytes', starts[documents]) };
}

function readField(reader: SectionReader, field: IndexedField, documents: number): SegmentField {
  const kind = contentsKind(field.kind);
  if (kind === 'number') {
    const starts = reader.starts('numberStarts', documents);
    return { kind, column: { starts, values: reader.float64('numbers', starts[documents]!) } };
  }
  const terms = readTerms(reader);
  if (kind === 'text') {
    const lengths = reader.uint32('lengths', documents);
    return { kind, ...terms, lengths, presence: reader.uint32('presence', bitsetBytes(documents) / 4) };
  }
  const starts = reader.starts('ordinalStarts', documents);
  return { kind, ...terms, column: { starts, ordinals: reader.uint32('ordinals', starts[documents]) } };
}

function readTerms(reader: SectionReader): Pick<TextField, 'dictionary' | 'postings'> {
  const termStarts = reader.starts('termStarts');
  const terms = termStarts.length - 1;
  const dictionary = new Dictionary({ starts: termStarts, bytes: reader.bytes('termBytes', termStarts[terms]) });
  const starts = reader.starts('postingStarts', terms);
  const docIds = reader.uint32('postingDocIds', starts[terms]);
  return { dictionary, postings: { starts, docIds, frequencies: reader.uint32('postingFrequencies', docIds.length) } };
}
