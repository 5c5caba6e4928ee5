/** What a term segment consists of, and its layout in one buffer. */
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { GrowingBytes } from '../columns/growing-bytes.ts';
import { GrowingUint32 } from '../columns/growing.ts';
import { packNumbers } from '../columns/packed-numbers.ts';
import type { StoredContents } from '../documents/stored.ts';
import { aligned, checksummedFrom, header } from '../segment/layout.ts';
import { formatVersion, magic, sectionOrder, sectionRowBytes, type SectionName } from './layout.ts';
import { writePostingList, type PostingColumns } from './posting-list.ts';

/** Which of the shards of its index a segment belongs to. */
export interface ShardPlace {
  readonly shard: number;
  readonly shards: number;
}

export interface FieldLengths {
  /** The name queries use. */
  readonly name: string;
  /** Terms of a text, values of a keyword, by document; 0 where there are none. */
  readonly lengths: Uint32Array;
}

export interface TermSegmentContents {
  readonly place: ShardPlace;
  /** Of every document of these entries of the log, ascending. */
  readonly ordinals: Uint32Array;
  readonly fields: readonly FieldLengths[];
  readonly terms: EncodedPostings;
  /** Of the documents whose ordinals are this shard's, in order. */
  readonly keys: readonly Uint8Array[];
  readonly sources: StoredContents;
}

export interface EncodedPostings {
  readonly termStarts: Uint32Array;
  readonly termBytes: Uint8Array;
  readonly postingStarts: Uint32Array;
  readonly postingBytes: Uint8Array;
}

/** Takes the terms in the order of their names' bytes. */
export class PostingsWriter {
  private readonly termStarts = new GrowingUint32();
  private readonly terms = new GrowingBytes();
  private readonly postingStarts = new GrowingUint32();
  private readonly postings = new GrowingBytes();

  /** @param name see termName */
  add(name: Uint8Array, columns: PostingColumns): void {
    this.termStarts.push(this.terms.length);
    this.postingStarts.push(this.postings.length);
    this.terms.append(name, 0, name.length);
    writePostingList(this.postings, columns);
  }

  /** @throws RangeError when the postings are more than 32 bits can address */
  finish(): EncodedPostings {
    if (this.postings.length > 0xffffffff) throw new RangeError(`${this.postings.length} bytes of postings`);
    this.termStarts.push(this.terms.length);
    this.postingStarts.push(this.postings.length);
    return {
      termStarts: this.termStarts.view(),
      termBytes: this.terms.view(),
      postingStarts: this.postingStarts.view(),
      postingBytes: this.postings.view(),
    };
  }
}

/** How the terms of all fields stand in one order: the field, a zero, the term. No field's name has a zero. */
export function termName(field: string, term: string): string {
  return `${field}\0${term}`;
}

/** Lays a segment out in one buffer, as README.md specifies. The same contents give the same bytes. */
export function writeTermSegment(contents: TermSegmentContents): SharedArrayBuffer {
  const whole = wholeSections(contents);
  const columns = [
    ...sectionOrder.map((name) => whole[name]),
    ...contents.fields.map((field) => packNumbers(field.lengths)),
  ];
  const positions: number[] = [];
  let end = header.table + columns.length * sectionRowBytes;
  for (const { byteLength } of columns) {
    positions.push(end);
    end = aligned(end + byteLength);
  }
  const buffer = new SharedArrayBuffer(end);
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  columns.forEach((column, i) => {
    const row = header.table + i * sectionRowBytes;
    view.setBigUint64(row, BigInt(positions[i]!), true);
    view.setBigUint64(row + 8, BigInt(column.byteLength), true);
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), positions[i]);
  });
  bytes.set(magic);
  view.setUint32(header.version, formatVersion, true);
  view.setBigUint64(header.sizeBytes, BigInt(end), true);
  view.setUint32(header.documents, contents.ordinals.length, true);
  view.setUint32(header.sections, columns.length, true);
  view.setBigUint64(header.checksum, hashBytes64(bytes.subarray(checksummedFrom)), true);
  return buffer;
}

function wholeSections(contents: TermSegmentContents): Record<SectionName, Uint8Array | Uint32Array> {
  const { place, ordinals, fields, terms, keys, sources } = contents;
  const about = { ...place, fields: fields.map(({ name }) => name) };
  return {
    about: Buffer.from(JSON.stringify(about)),
    ordinals: packNumbers(ordinals),
    ...terms,
    keyStarts: startsOf(keys),
    keyBytes: Buffer.concat(keys),
    keyOrder: orderOf(keys),
    sourceBlockDocuments: sources.blockDocuments,
    sourceBlockStarts: sources.blockStarts,
    sourceBytes: sources.bytes,
  };
}

function startsOf(keys: readonly Uint8Array[]): Uint32Array {
  const starts = new Uint32Array(keys.length + 1);
  keys.forEach((key, i) => (starts[i + 1] = starts[i]! + key.length));
  return starts;
}

/** Positions of the keys in the order of their bytes; of equal keys the latest first. */
function orderOf(keys: readonly Uint8Array[]): Uint32Array {
  return Uint32Array.from(keys.keys()).sort((a, b) => Buffer.compare(keys[a]!, keys[b]!) || b - a);
}
