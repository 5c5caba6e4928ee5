import { ByteCursor, uint32At } from '../columns/byte-cursor.ts';
import type { TermPlace } from '../dictionary/dictionary-writer.ts';
import { blockSize } from '../postings/packed-block.ts';
import type { PostingBlocks } from '../postings/posting-blocks.ts';
import { variableBytes } from './positions-writer.ts';

/** Reads the positions of one term: those of any posting of the block that is loaded, ascending within a block. */
export class PositionReader {
  /** Positions of the posting read last, ascending, from 0 up to `count`. */
  positions: Uint32Array = new Uint32Array(16);
  count = 0;
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly postings: PostingBlocks;
  /** The block that `next` and `passed` are of. */
  private block = -1;
  /** The next posting to read, and the occurrences before it in its block. */
  private next = 0;
  private passed = 0;
  /** Positions of the posting read last that were left out. */
  private unread = 0;
  /** Bits of each step of the block, `variableBytes` where they are variable. */
  private bits = 0;
  /** Where the block's steps begin. */
  private data = 0;
  private readonly cursor: ByteCursor;

  /** @param bytes positions of all terms of the field */
  constructor(bytes: Uint8Array, place: TermPlace, postings: PostingBlocks) {
    this.bytes = bytes;
    this.start = place.positionsAt;
    this.postings = postings;
    this.cursor = new ByteCursor(bytes, place.positionsAt);
  }

  /**
   * Reads the positions of a posting of the block that `postings` has loaded.
   * @param index of the posting in its block
   * @param countMax how many at most: further ones are left out
   */
  read(index: number, countMax = Infinity): void {
    if (this.block !== this.postings.block || index < this.next) this.enterBlock();
    const frequencies = this.postings.frequencies();
    let skipped = this.unread;
    while (this.next < index) skipped += frequencies[this.next++]!;
    const frequency = frequencies[index]!;
    const count = Math.min(frequency, countMax);
    this.unread = frequency - count;
    if (count > this.positions.length) this.positions = new Uint32Array(count * 2);
    this.count = count;
    if (this.bits === variableBytes) this.readVariable(skipped);
    else this.readPacked(this.passed + skipped);
    this.passed += skipped + count;
    this.next = index + 1;
  }

  private enterBlock(): void {
    const { block, blocks, documents } = this.postings;
    this.block = block;
    this.next = 0;
    this.passed = 0;
    this.unread = 0;
    this.bits = variableBytes;
    if (documents < blockSize) this.data = this.start;
    else {
      this.data = this.start + uint32At(this.bytes, this.start + 4 * block);
      if (block < blocks - 1 || documents % blockSize === 0) this.bits = this.bytes[this.data++]!;
    }
    this.cursor.at = this.data;
  }

  private readVariable(skipped: number): void {
    const { cursor, positions, count } = this;
    for (let i = 0; i < skipped; i++) cursor.varint();
    let position = 0;
    for (let i = 0; i < count; i++) positions[i] = position += cursor.varint();
  }

  private readPacked(passed: number): void {
    const { bytes, bits, positions, count } = this;
    let at = passed * bits;
    let position = 0;
    for (let i = 0; i < count; i++) {
      positions[i] = position += bitsAt(bytes, this.data + (at >>> 3), at & 7, bits);
      at += bits;
    }
  }
}

/** Up to here the bits of a step lie in four bytes, wherever in the first they begin. */
const bitsInFourBytes = 25;

/** @param bits 0 to 32 @param shift bits to pass over first, 0 to 7 */
function bitsAt(bytes: Uint8Array, from: number, shift: number, bits: number): number {
  const low = uint32At(bytes, from) >>> shift;
  if (bits <= bitsInFourBytes) return low & ((1 << bits) - 1);
  return (low + (bytes[from + 4] ?? 0) * 2 ** (32 - shift)) % 2 ** bits;
}
