import { isMainThread } from 'node:worker_threads';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteCursor } from '../columns/byte-cursor.ts';
import { GrowingBytes } from '../columns/growing-bytes.ts';
import { GrowingUint32 } from '../columns/growing.ts';
import { BlockCache, type OpenBlock } from './block-cache.ts';

/**
 * Documents as they were sent, byte for byte, in blocks that are compressed each for itself (zstd, RFC 8878): reading
 * a document decompresses one block.
 *
 * A block, before compression: the bytes of each document as a varint, then the documents end to end. A stored block
 * is one byte, 0 for as it is or 1 for zstd, and the block.
 */
export interface StoredContents {
  /** The first docId of each block, and in the end the number of documents. */
  readonly blockDocuments: Uint32Array;
  /** Where each block begins in `bytes`, and in the end where the last one ends. */
  readonly blockStarts: Uint32Array;
  readonly bytes: Uint8Array;
}

/** A block is closed once it holds so many bytes of documents. */
const blockBytes = 32 * 1024;
/** Smaller blocks, which only the last of a segment can be, stay as they are. */
const compressedBytesMin = 256;
/** Blocks that compression does not make at least so much smaller stay as they are. */
const worthwhile = 0.9;
const options = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
/** Room for most blocks, so that one buffer takes what comes out. */
const reading = { chunkSize: blockBytes + 8 * 1024 };

/** What answers keeps documents that are found again and again; what merges reads each block once, several side by side. */
const cache = new BlockCache((isMainThread ? 64 : 4) * 1024 * 1024);

export class StoredWriter {
  private readonly blockDocuments = new GrowingUint32();
  private readonly blockStarts = new GrowingUint32();
  private readonly out = new GrowingBytes();
  private readonly waiting = new GrowingBytes();
  private readonly lengths: number[] = [];
  private documents = 0;

  add(source: Uint8Array): void {
    this.waiting.append(source, 0, source.length);
    this.lengths.push(source.length);
    if (this.waiting.length >= blockBytes) this.closeBlock();
  }

  /** @throws RangeError when blocks are more than 32 bits can address */
  finish(): StoredContents {
    if (this.lengths.length > 0) this.closeBlock();
    this.blockDocuments.push(this.documents);
    this.blockStarts.push(this.out.length);
    if (this.out.length > 0xffffffff) throw new RangeError(`${this.out.length} bytes of sources in one segment`);
    return {
      blockDocuments: this.blockDocuments.view(),
      blockStarts: this.blockStarts.view(),
      bytes: this.out.view(),
    };
  }

  private closeBlock(): void {
    this.blockDocuments.push(this.documents);
    this.blockStarts.push(this.out.length);
    const block = new GrowingBytes();
    for (const length of this.lengths) block.varint(length);
    block.append(this.waiting.bytes, 0, this.waiting.length);
    const compressed = block.length < compressedBytesMin ? null : zstdCompressSync(block.view(), options);
    const stored = compressed !== null && compressed.length < block.length * worthwhile ? compressed : block.view();
    this.out.byte(stored === compressed ? 1 : 0);
    this.out.append(stored, 0, stored.length);
    this.documents += this.lengths.length;
    this.lengths.length = 0;
    this.waiting.length = 0;
  }
}

export class StoredDocuments {
  private readonly contents: StoredContents;
  private readonly segment = cache.nextSegment();

  constructor(contents: StoredContents) {
    this.contents = contents;
  }

  /** The source of a document: a view of its decompressed block, not to be changed. */
  sourceOf(docId: number): Uint8Array {
    const block = this.blockOf(docId);
    const { bytes, starts } = cache.open(this.segment, block, () => this.read(block));
    const row = docId - this.contents.blockDocuments[block]!;
    return bytes.subarray(starts[row], starts[row + 1]);
  }

  /** About how many bytes a source has: the mean of the first ones. There must be a document. */
  get meanBytes(): number {
    const { starts } = cache.open(this.segment, 0, () => this.read(0));
    return (starts.at(-1)! - starts[0]!) / (starts.length - 1);
  }

  private blockOf(docId: number): number {
    const { blockDocuments } = this.contents;
    let low = 0;
    let high = blockDocuments.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (blockDocuments[middle]! <= docId) low = middle;
      else high = middle;
    }
    return low;
  }

  private read(block: number): OpenBlock {
    const { blockDocuments, blockStarts, bytes } = this.contents;
    const start = blockStarts[block]!;
    const stored = bytes.subarray(start + 1, blockStarts[block + 1]);
    // A view of the segment would keep all of it.
    const plain = bytes[start] === 1 ? zstdDecompressSync(stored, reading) : stored.slice();
    const count = blockDocuments[block + 1]! - blockDocuments[block]!;
    const starts = new Uint32Array(count + 1);
    const cursor = new ByteCursor(plain, 0);
    for (let i = 0; i < count; i++) starts[i + 1] = cursor.varint();
    starts[0] = cursor.at;
    for (let i = 0; i < count; i++) starts[i + 1]! += starts[i]!;
    return { bytes: plain, starts };
  }
}

/** The source of a document. Cost: decompressing one block, unless it was read lately. */
export function sourceAt(stored: StoredDocuments, docId: number): Uint8Array {
  return stored.sourceOf(docId);
}
