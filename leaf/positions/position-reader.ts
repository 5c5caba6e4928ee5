import { uint32At } from '../columns/byte-cursor.ts';
import type { TermPlace } from '../dictionary/dictionary-writer.ts';
import { blockSize } from '../postings/packed-block.ts';
import type { PostingBlocks } from '../postings/posting-blocks.ts';
import { groupBytes, groupSize } from './positions-writer.ts';

/** Reads the positions of one term: those of any posting of the block that is loaded, ascending within a block. */
export class PositionReader {
  /** Positions of the posting read last, ascending, from 0 up to `count`. */
  positions: Uint32Array = new Uint32Array(16);
  count = 0;
  /** Occurrences in the posting sought last, without those left out. */
  frequency = 0;
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly postings: PostingBlocks;
  /** The block that all below is of. */
  private block = -1;
  private isPacked = false;
  /** Where the block's steps begin. */
  private data = 0;
  /** The posting sought last, and the occurrences before it. */
  private index = 0;
  private before = 0;
  /** Of variable bytes: where to read on, and how many occurrences come before that. */
  private at = 0;
  private passed = 0;
  /** Of packed steps: the group at hand, where it begins, and the bits of its steps. */
  private group = 0;
  private groupAt = 0;

  /** @param bytes positions of all terms of the field */
  constructor(bytes: Uint8Array, place: TermPlace, postings: PostingBlocks) {
    this.bytes = bytes;
    this.start = place.positionsAt;
    this.postings = postings;
  }

  /**
   * Reads the positions of a posting of the block that `postings` has loaded.
   * @param index of the posting in its block
   * @param countMax how many at most: further ones are left out
   */
  read(index: number, countMax = Infinity): void {
    this.seek(index, countMax);
    this.readUpTo(Infinity);
  }

  /** Goes to a posting of the block that `postings` has loaded, and tells its `frequency`. As `read`, which is to follow. */
  seek(index: number, countMax: number): void {
    if (this.block !== this.postings.block || index < this.index) this.enterBlock();
    const frequencies = this.postings.frequencies();
    let { before } = this;
    for (let i = this.index; i < index; i++) before += frequencies[i]!;
    this.before = before;
    this.index = index;
    this.frequency = Math.min(frequencies[index]!, countMax);
  }

  /** Reads the positions of the posting sought, as far as the first that is at least so high. */
  readUpTo(last: number): void {
    if (this.frequency > this.positions.length) this.positions = new Uint32Array(this.frequency * 2);
    if (this.isPacked) this.readPacked(last);
    else this.readVariable(last);
  }

  private enterBlock(): void {
    const { block, blocks, documents } = this.postings;
    this.block = block;
    this.index = 0;
    this.before = 0;
    this.isPacked = documents >= blockSize && (block < blocks - 1 || documents % blockSize === 0);
    this.data = documents < blockSize ? this.start : this.start + uint32At(this.bytes, this.start + 4 * block);
    this.rewind();
  }

  private rewind(): void {
    this.at = this.data;
    this.passed = 0;
    this.groupAt = this.data;
    this.group = 0;
  }

  private readVariable(last: number): void {
    const { bytes, positions, before, frequency } = this;
    if (this.passed > before) this.rewind();
    let { at } = this;
    // The last byte of each number is below 0x80.
    for (let left = before - this.passed; left > 0; at++) if (bytes[at]! < 0x80) left--;
    let position = 0;
    let count = 0;
    while (count < frequency) {
      let byte = bytes[at++]!;
      let step = byte & 0x7f;
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = bytes[at++]!;
        step |= (byte & 0x7f) << shift;
      }
      positions[count++] = position += step >>> 0;
      if (position >= last) break;
    }
    this.at = at;
    this.passed = before + count;
    this.count = count;
  }

  private readPacked(last: number): void {
    const { bytes, data, positions, before, frequency } = this;
    let group = (before / groupSize) | 0;
    if (this.group > group) this.rewind();
    let { groupAt } = this;
    for (let i = this.group; i < group; i++) groupAt += groupBytes(bytes[data - 1 - i]!);
    let bits = bytes[data - 1 - group]!;
    let place = before % groupSize;
    let position = 0;
    let count = 0;
    while (count < frequency) {
      if (place === groupSize) {
        groupAt += groupBytes(bits);
        bits = bytes[data - 1 - ++group]!;
        place = 0;
      }
      const bit = place++ * bits;
      positions[count++] = position += bitsAt(bytes, groupAt + (bit >>> 3), bit & 7, bits);
      if (position >= last) break;
    }
    this.group = group;
    this.groupAt = groupAt;
    this.count = count;
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
