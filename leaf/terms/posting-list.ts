/** The documents of one term: as columns while they are made, as bytes in a segment. */
import { GrowingBytes } from '../columns/growing-bytes.ts';
import { RoaringBitmap32 } from '../../shared/document-sets/roaring.ts';
import { listedMax, postingHeaderBytes, setKinds } from './layout.ts';

/** Parallel columns. */
export interface PostingColumns {
  /** Ordinals of the documents that hold the term, ascending. */
  readonly ordinals: Uint32Array;
  /** How often each does, at least 1; null where that says nothing, outside texts. */
  readonly frequencies: Uint8Array | Uint32Array | null;
  /** How long the field is in each (shared/ranking/length-code.ts); null outside texts. */
  readonly lengthCodes: Uint8Array | null;
}

/** Appends the bytes of a list, as README.md specifies. Cost: its postings. */
export function writePostingList(out: GrowingBytes, { ordinals, frequencies, lengthCodes }: PostingColumns): void {
  const set = ordinals.length <= listedMax ? bytesOf(ordinals) : roaringBytes(ordinals);
  const frequencyBytes = frequencies === null ? 0 : frequencies.some((count) => count > 0xff) ? 4 : 1;
  out.uint32(ordinals.length);
  out.uint32(set.length);
  out.byte(ordinals.length <= listedMax ? setKinds.list : setKinds.roaring);
  out.byte(frequencyBytes);
  out.append(set, 0, set.length);
  if (frequencies === null || lengthCodes === null) return;
  const counts = frequencyBytes === 1 ? Uint8Array.from(frequencies) : bytesOf(Uint32Array.from(frequencies));
  out.append(counts, 0, counts.length);
  out.append(lengthCodes, 0, lengthCodes.length);
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function roaringBytes(ordinals: Uint32Array): Uint8Array {
  const set = new RoaringBitmap32(ordinals);
  const bytes = set.serialize('portable');
  set.dispose();
  return bytes;
}

/** A list as it lies in a segment: nothing is copied before it is asked for. */
export class PostingList {
  /** How many documents hold the term. */
  readonly documents: number;
  private readonly bytes: Uint8Array;
  private readonly setEnd: number;
  private readonly isList: boolean;
  private readonly frequencyBytes: number;

  /** @param bytes of this list and no other */
  constructor(bytes: Uint8Array) {
    const view = viewOf(bytes);
    this.bytes = bytes;
    this.documents = view.getUint32(0, true);
    this.setEnd = postingHeaderBytes + view.getUint32(4, true);
    this.isList = view.getUint8(8) === setKinds.list;
    this.frequencyBytes = view.getUint8(9);
  }

  /** The documents as a set, to be disposed by the caller. */
  set(): RoaringBitmap32 {
    if (this.isList) return new RoaringBitmap32(this.listed());
    return RoaringBitmap32.deserialize('portable', this.bytes.slice(postingHeaderBytes, this.setEnd));
  }

  columns(): PostingColumns {
    return { ordinals: this.ordinals(), frequencies: this.frequencies(), lengthCodes: this.lengthCodes() };
  }

  private ordinals(): Uint32Array {
    if (this.isList) return this.listed();
    const set = this.set();
    const ordinals = set.toUint32Array();
    set.dispose();
    return ordinals;
  }

  private listed(): Uint32Array {
    const view = viewOf(this.bytes);
    return Uint32Array.from({ length: this.documents }, (_, i) => view.getUint32(postingHeaderBytes + 4 * i, true));
  }

  private frequencies(): Uint8Array | Uint32Array | null {
    const { bytes, setEnd, documents } = this;
    if (this.frequencyBytes === 0) return null;
    if (this.frequencyBytes === 1) return bytes.subarray(setEnd, setEnd + documents);
    return new Uint32Array(bytes.slice(setEnd, setEnd + 4 * documents).buffer);
  }

  private lengthCodes(): Uint8Array | null {
    if (this.frequencyBytes === 0) return null;
    const start = this.setEnd + this.frequencyBytes * this.documents;
    return this.bytes.subarray(start, start + this.documents);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
