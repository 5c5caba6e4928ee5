import { GrowingBytes } from '../columns/growing-bytes.ts';
import { GrowingUint32 } from '../columns/growing.ts';
import { bitsOf } from '../columns/packed-numbers.ts';
import { ImpactCollector } from './impacts.ts';
import { blockSize, blockWords, packBlock } from './packed-block.ts';
import type { TermList } from './term-list.ts';

/** Words before the columns of a list with blocks: the pairs of the whole list. */
export const listHeaderWords = 2;
/** Pairs of the whole list, and of a block. */
export const listPairs = 4;
export const blockPairs = 3;

/** What postings of a text field have beside docIds. */
export interface TextLengths {
  /** By docId. */
  readonly codes: Uint8Array;
  readonly average: number;
}

/** Lays posting lists of at least two documents end to end, in words; segment/README.md is the specification. */
export class PostingsWriter {
  private readonly words = new GrowingUint32();
  /** Null for a keyword field, where frequencies say nothing. */
  private readonly lengthCodes: Uint8Array | null;
  private readonly impacts: ImpactCollector;
  private readonly listImpacts: ImpactCollector;
  private readonly pairs = new Uint16Array(listPairs);
  private readonly gaps = new Uint32Array(blockSize);
  private readonly counts = new Uint32Array(blockSize);
  private readonly tail = new GrowingBytes();

  constructor(lengths: TextLengths | null) {
    this.lengthCodes = lengths?.codes ?? null;
    this.impacts = new ImpactCollector(lengths?.average ?? 1);
    this.listImpacts = new ImpactCollector(lengths?.average ?? 1);
  }

  /** Words written so far: where the next list begins. */
  get length(): number {
    return this.words.length;
  }

  view(): Uint32Array {
    return this.words.view();
  }

  add(list: TermList): void {
    if (list.documents < blockSize) this.writeTail(list, 0, -1);
    else this.writeBlocks(list);
  }

  private writeBlocks(list: TermList): void {
    const blocks = Math.ceil(list.documents / blockSize);
    const start = this.words.length;
    const columns = start + listHeaderWords;
    this.words.extend(listHeaderWords + 4 * blocks);
    let before = -1;
    for (let block = 0; block < blocks; block++) {
      const from = block * blockSize;
      const offset = this.words.length - start;
      const last = list.docIds[Math.min(from + blockSize, list.documents) - 1]!;
      const impacts = this.collectImpacts(list, from);
      const bits = from + blockSize <= list.documents ? this.writeBlock(list, from, before) : 0;
      if (from + blockSize > list.documents) this.writeTail(list, from, before);
      const { values } = this.words;
      values[columns + block] = last;
      values[columns + blocks + block] = offset;
      values[columns + 2 * blocks + block] = bits | (impacts.first << 16);
      values[columns + 3 * blocks + block] = impacts.others;
      before = last;
    }
    this.writeListImpacts(start);
  }

  private collectImpacts(list: TermList, from: number): { first: number; others: number } {
    const { lengthCodes, pairs } = this;
    if (lengthCodes === null) return { first: 0, others: 0 };
    const end = Math.min(from + blockSize, list.documents);
    for (let i = from; i < end; i++) this.impacts.add(list.frequencies[i]!, lengthCodes[list.docIds[i]!]!);
    this.impacts.take(pairs, blockPairs);
    for (let i = 0; i < blockPairs; i++) {
      if (pairs[i] !== 0) this.listImpacts.add(pairs[i]! >>> 8, pairs[i]! & 0xff);
    }
    return { first: pairs[0]!, others: pairs[1]! | (pairs[2]! << 16) };
  }

  private writeListImpacts(start: number): void {
    const { pairs, words } = this;
    this.listImpacts.take(pairs, listPairs);
    words.values[start] = pairs[0]! | (pairs[1]! << 16);
    words.values[start + 1] = pairs[2]! | (pairs[3]! << 16);
  }

  /** Writes a whole block. Gives its bits: of the docIds, and × 256 of the frequencies. */
  private writeBlock(list: TermList, from: number, before: number): number {
    const { gaps, counts, lengthCodes } = this;
    let previous = before;
    let anyGap = 0;
    let anyCount = 0;
    for (let i = 0; i < blockSize; i++) {
      const docId = list.docIds[from + i]!;
      anyGap |= gaps[i] = docId - previous - 1;
      anyCount |= counts[i] = list.frequencies[from + i]! - 1;
      previous = docId;
    }
    const gapBits = bitsOf(anyGap);
    const countBits = lengthCodes === null ? 0 : bitsOf(anyCount);
    const at = this.words.length;
    this.words.extend(blockWords(gapBits) + blockWords(countBits));
    packBlock(gaps, gapBits, this.words.values, at);
    if (countBits > 0) packBlock(counts, countBits, this.words.values, at + blockWords(gapBits));
    return gapBits | (countBits << 8);
  }

  /** Writes less than a block: variable bytes in whole words. */
  private writeTail(list: TermList, from: number, before: number): void {
    const { tail } = this;
    tail.length = 0;
    let previous = before;
    for (let i = from; i < list.documents; i++) {
      const gap = list.docIds[i]! - previous - 1;
      const frequency = list.frequencies[i]!;
      previous = list.docIds[i]!;
      if (this.lengthCodes === null) tail.varint(gap);
      else {
        tail.varint(((gap << 1) | (frequency === 1 ? 1 : 0)) >>> 0);
        if (frequency > 1) tail.varint(frequency);
      }
    }
    while (tail.length % 4 !== 0) tail.byte(0);
    const at = this.words.length;
    this.words.extend(tail.length / 4);
    for (let i = 0; i < tail.length; i++) this.words.values[at + (i >>> 2)]! |= tail.bytes[i]! << ((i & 3) * 8);
  }
}
