/** An immutable piece of a term shard's replica, open for reading: views of its buffer. */
import { SheafError } from '../../shared/errors.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { packedCount, unpackNumbers } from '../columns/packed-numbers.ts';
import { compareSlices } from '../dictionary/dictionary.ts';
import { StoredDocuments } from '../documents/stored.ts';
import { checksummedFrom, header } from '../segment/layout.ts';
import { newer } from '../segment/newer.ts';
import type { StoredSegment } from '../snapshot/stored-segment.ts';
import { termName, type ShardPlace } from './contents.ts';
import { formatVersion, magic, sectionOrder, sectionRowBytes, type SectionName } from './layout.ts';
import { PostingList } from './posting-list.ts';

/** A document that lies whole in this shard. */
export interface OwnDocument {
  readonly ordinal: number;
  readonly key: string;
  /** A view, not to be changed. */
  readonly source: Uint8Array;
}

export class TermSegment implements StoredSegment {
  readonly buffer: SharedArrayBuffer;
  readonly sizeBytes: number;
  /** Of the log's entries in it, whether they lie here or not. */
  readonly documents: number;
  readonly place: ShardPlace;
  /** Of every document, ascending. */
  readonly ordinals: Uint32Array;
  /** Of those that lie here, ascending. */
  readonly ownOrdinals: Uint32Array;
  private readonly sections: readonly Uint8Array[];
  private readonly fields: readonly string[];
  private readonly termStarts: Uint32Array;
  private readonly postingStarts: Uint32Array;
  private readonly keyStarts: Uint32Array;
  private readonly keyOrder: Uint32Array;
  private readonly stored: StoredDocuments;
  private readonly lengths = new Map<string, Uint32Array>();

  /**
   * Nothing but the ordinals is copied. Cost: one pass over the bytes for the checksum.
   * @throws SheafError SEGMENT_CORRUPT when any byte is not as it was written, SEGMENT_VERSION_UNKNOWN when a newer version
   *   wrote it
   */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.sizeBytes = buffer.byteLength;
    this.documents = checkHeader(buffer);
    this.sections = readSections(buffer);
    const { fields, ...place } = JSON.parse(Buffer.from(this.section('about')).toString()) as ShardPlace & {
      readonly fields: readonly string[];
    };
    if (this.sections.length !== sectionOrder.length + fields.length) throw corrupt('section table');
    this.place = place;
    this.fields = fields;
    this.ordinals = this.numbers(this.section('ordinals'));
    this.ownOrdinals = this.ordinals.filter((ordinal) => ordinal % place.shards === place.shard);
    this.termStarts = this.words('termStarts');
    this.postingStarts = this.words('postingStarts');
    this.keyStarts = this.words('keyStarts');
    this.keyOrder = this.words('keyOrder');
    if (this.termStarts.length !== this.postingStarts.length) throw corrupt('terms');
    if (this.keyOrder.length !== this.ownOrdinals.length) throw corrupt('keys');
    this.stored = new StoredDocuments({
      blockDocuments: this.words('sourceBlockDocuments'),
      blockStarts: this.words('sourceBlockStarts'),
      bytes: this.section('sourceBytes'),
    });
  }

  get terms(): number {
    return this.termStarts.length - 1;
  }

  /** The last ordinal in it, −1 when it has no document. */
  get lastOrdinal(): number {
    return this.ordinals.at(-1) ?? -1;
  }

  /** The postings of a term, or null. Cost: a comparison for each doubling of the terms. */
  find(field: string, term: string): PostingList | null {
    if (!term.isWellFormed()) return null;
    const wanted = Buffer.from(termName(field, term));
    const bytes = this.section('termBytes');
    const found = lowerBound(this.terms, (i) => {
      return compareSlices(bytes, this.termStarts[i]!, this.termStarts[i + 1]!, wanted, 0, wanted.length);
    });
    return found === null ? null : this.postingsAt(found);
  }

  /** The name of a term by its place in the order, as termName makes it. */
  nameAt(index: number): Uint8Array {
    return this.section('termBytes').subarray(this.termStarts[index], this.termStarts[index + 1]);
  }

  postingsAt(index: number): PostingList {
    return new PostingList(
      this.section('postingBytes').subarray(this.postingStarts[index], this.postingStarts[index + 1]),
    );
  }

  /** Lengths of a field by document; null where the segment was made before the field was. */
  lengthsOf(field: string): Uint32Array | null {
    const known = this.lengths.get(field);
    if (known !== undefined) return known;
    const at = this.fields.indexOf(field);
    if (at < 0) return null;
    const lengths = this.numbers(this.sections[sectionOrder.length + at]!);
    this.lengths.set(field, lengths);
    return lengths;
  }

  /** @param position among the documents that lie here */
  ownDocument(position: number): OwnDocument {
    const key = Buffer.from(this.keyAt(position)).toString();
    return { ordinal: this.ownOrdinals[position]!, key, source: this.stored.sourceOf(position) };
  }

  keyAt(position: number): Uint8Array {
    return this.section('keyBytes').subarray(this.keyStarts[position], this.keyStarts[position + 1]);
  }

  /** The position of the document with this ordinal, −1 if it is not here. */
  positionOfOrdinal(ordinal: number): number {
    return lowerBound(this.ownOrdinals.length, (i) => this.ownOrdinals[i]! - ordinal) ?? -1;
  }

  /** The position of the latest document with this key, −1 if there is none. */
  positionOfKey(key: string): number {
    const wanted = Buffer.from(key);
    const found = lowerBound(this.keyOrder.length, (i) => Buffer.compare(this.keyAt(this.keyOrder[i]!), wanted));
    return found === null ? -1 : this.keyOrder[found]!;
  }

  private section(name: SectionName): Uint8Array {
    return this.sections[sectionOrder.indexOf(name)]!;
  }

  private words(name: SectionName): Uint32Array {
    const { byteOffset, byteLength } = this.section(name);
    if (byteLength % 4 !== 0) throw corrupt(name);
    return new Uint32Array(this.buffer, byteOffset, byteLength / 4);
  }

  private numbers(packed: Uint8Array): Uint32Array {
    if (packedCount(packed) !== this.documents) throw corrupt('packed numbers');
    return unpackNumbers(packed, new Uint32Array(this.documents));
  }
}

/** The least index that does not stand before what is sought, if that is it; null where it is not there. */
function lowerBound(count: number, compare: (index: number) => number): number | null {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(middle) < 0) low = middle + 1;
    else high = middle;
  }
  return low < count && compare(low) === 0 ? low : null;
}

function checkHeader(buffer: SharedArrayBuffer): number {
  if (buffer.byteLength < header.table) throw corrupt('shorter than a header');
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  if (magic.some((byte, i) => bytes[i] !== byte)) throw corrupt('no term segment');
  const version = view.getUint32(header.version, true);
  if (version > formatVersion) throw newer('term segment', version, formatVersion);
  if (version !== formatVersion) throw corrupt('format version');
  if (view.getUint32(header.zero, true) !== 0) throw corrupt('header');
  if (view.getBigUint64(header.checksum, true) !== hashBytes64(bytes.subarray(checksummedFrom)))
    throw corrupt('checksum');
  if (view.getBigUint64(header.sizeBytes, true) !== BigInt(bytes.length)) throw corrupt('size');
  return view.getUint32(header.documents, true);
}

function readSections(buffer: SharedArrayBuffer): Uint8Array[] {
  const view = new DataView(buffer);
  const count = view.getUint32(header.sections, true);
  if (count < sectionOrder.length || header.table + count * sectionRowBytes > buffer.byteLength) {
    throw corrupt('section table');
  }
  return Array.from({ length: count }, (_, i) => {
    const row = header.table + i * sectionRowBytes;
    const position = Number(view.getBigUint64(row, true));
    const sizeBytes = Number(view.getBigUint64(row + 8, true));
    if (position % 8 !== 0 || position + sizeBytes > buffer.byteLength) throw corrupt('section table');
    return new Uint8Array(buffer, position, sizeBytes);
  });
}

function corrupt(reason: string): SheafError {
  return new SheafError('SEGMENT_CORRUPT', { detail: { reason } });
}
