import type { TermPlace } from '../dictionary/dictionary-writer.ts';
import { boundlessFrequency } from './impacts.ts';
import { blockSize, blockWords, chunkSize, rowSize, unpackAscending, unpackBlock, unpackOne } from './packed-block.ts';
import { blockPairs, listHeaderWords, listPairs } from './postings-writer.ts';

/** The postings of a field, as stored. */
export interface Postings {
  readonly words: Uint32Array;
  /** Whether there are frequencies: in a text field. */
  readonly withFrequencies: boolean;
}

/** Memory for a block is cut from a larger piece: allocating each for itself costs more than reading a block. */
const pieceBlocks = 128;
let piece = new ArrayBuffer(0);
let pieceAt = 0;

function makeBlock(): Uint32Array {
  if (pieceAt === piece.byteLength) {
    piece = new ArrayBuffer(pieceBlocks * blockSize * 4);
    pieceAt = 0;
  }
  const block = new Uint32Array(piece, pieceAt, blockSize);
  pieceAt += blockSize * 4;
  return block;
}

/**
 * The posting list of one term, block by block: any block without those before it. What was loaded holds until
 * another block is.
 */
export class PostingBlocks {
  /** Documents of the whole list. */
  readonly documents: number;
  readonly blocks: number;
  /** Of the block loaded: docIds, ascending. */
  readonly docIds: Uint32Array;
  /** Which block is loaded, −1 for none. */
  block = -1;
  /** Documents of the block loaded. */
  count = 0;
  /** So many of its docIds are read. */
  read = 0;
  private readonly words: Uint32Array;
  private readonly withFrequencies: boolean;
  private readonly start: number;
  /** Where in `words` the blocks' last docIds are; 0 for a list that is shorter than a block. */
  private readonly columns: number;
  private readonly frequenciesOfBlock: Uint32Array;
  private frequenciesLoaded = -1;
  /** The last docId of a list that is shorter than a block. */
  private readonly lastOfTail: number;

  constructor(postings: Postings, place: TermPlace) {
    const { documents } = place;
    this.documents = documents;
    this.words = postings.words;
    this.withFrequencies = postings.withFrequencies;
    this.start = place.postingsAt;
    this.columns = documents < blockSize ? 0 : place.postingsAt + listHeaderWords;
    this.blocks = Math.ceil(documents / blockSize);
    this.docIds = makeBlock();
    this.frequenciesOfBlock = makeBlock();
    if (documents === 1) this.takeOnly(place);
    else if (documents < blockSize) this.load(0);
    this.lastOfTail = documents < blockSize ? this.docIds[documents - 1]! : 0;
  }

  /** The last docId of a block. */
  lastOf(block: number): number {
    return this.columns === 0 ? this.lastOfTail : this.words[this.columns + block]!;
  }

  /** The first block from `from` on that has a docId at or after `target`, or the number of blocks. Cost: log of the distance. */
  blockAtOrAfter(target: number, from: number): number {
    const { blocks, columns, words } = this;
    if (from >= blocks || this.lastOf(from) >= target) return from;
    if (columns === 0) return blocks;
    let step = 1;
    let below = from;
    while (below + step < blocks && words[columns + below + step]! < target) {
      below += step;
      step *= 2;
    }
    let high = Math.min(below + step, blocks);
    while (high - below > 1) {
      const middle = (below + high) >>> 1;
      if (words[columns + middle]! < target) below = middle;
      else high = middle;
    }
    return high;
  }

  /** Reads the docIds of a block. */
  load(block: number): void {
    if (this.block !== block) this.enter(block);
    if (this.read < this.count) this.readTo(blockSize);
  }

  /**
   * Reads the docIds of a block at least as far as the first at or after `target`.
   * @param target not above the block's last docId
   * @returns how many are read
   */
  loadTo(block: number, target: number): number {
    if (this.block !== block) this.enter(block);
    const { docIds } = this;
    while (this.read === 0 || docIds[this.read - 1]! < target) this.readTo(this.read + chunkSize);
    return this.read;
  }

  private enter(block: number): void {
    this.block = block;
    this.count = Math.min(blockSize, this.documents - block * blockSize);
    this.read = 0;
    if (this.count === blockSize) return;
    this.loadTail(block, this.lastBefore(block));
    this.read = this.count;
  }

  /** Reads more docIds of a whole block, of which not all are read. @param end how many shall be */
  private readTo(end: number): void {
    const { block, docIds, read } = this;
    const before = read === 0 ? this.lastBefore(block) : docIds[read - 1]!;
    const bits = this.infoOf(block) & 0xff;
    unpackAscending(this.words, this.dataOf(block), bits, before, docIds, read / rowSize, end / rowSize);
    this.read = end;
  }

  private lastBefore(block: number): number {
    return block === 0 ? -1 : this.words[this.columns + block - 1]!;
  }

  /** Frequencies of the block loaded, parallel to `docIds`; 1 each in a keyword field. */
  frequencies(): Uint32Array {
    const { block } = this;
    if (this.frequenciesLoaded === block) return this.frequenciesOfBlock;
    this.frequenciesLoaded = block;
    const info = this.infoOf(block);
    const at = this.dataOf(block) + blockWords(info & 0xff);
    unpackBlock(this.words, at, (info >>> 8) & 0xff, this.frequenciesOfBlock);
    return this.frequenciesOfBlock;
  }

  /** One of them, without reading the others. @param place of its document in the block */
  frequencyAt(place: number): number {
    const { block } = this;
    if (this.frequenciesLoaded === block) return this.frequenciesOfBlock[place]!;
    const info = this.infoOf(block);
    return unpackOne(this.words, this.dataOf(block) + blockWords(info & 0xff), (info >>> 8) & 0xff, place);
  }

  /** Pair `i` of a block, 0 to 2; 0 for none. Only for lists with at least a whole block. See impacts.ts. */
  blockImpact(block: number, i: number): number {
    const { words, columns, blocks } = this;
    if (i === 0) return words[columns + 2 * blocks + block]! >>> 16;
    const others = words[columns + 3 * blocks + block]!;
    return i === 1 ? others & 0xffff : others >>> 16;
  }

  /** Whether blocks and the whole list have pairs. A short list has none: its postings are at hand. */
  get hasImpacts(): boolean {
    return this.columns !== 0;
  }

  /** The greatest that `worth` gives to any pair of a block. */
  bestOfBlock(block: number, worth: (frequency: number, code: number) => number): number {
    let best = 0;
    for (let i = 0; i < blockPairs; i++) best = Math.max(best, worthOf(this.blockImpact(block, i), worth));
    return best;
  }

  /** The greatest that `worth` gives to any pair of the list. */
  bestOfList(worth: (frequency: number, code: number) => number): number {
    let best = 0;
    for (let i = 0; i < listPairs; i++) {
      const pair = (this.words[this.start + (i >>> 1)]! >>> ((i & 1) * 16)) & 0xffff;
      best = Math.max(best, worthOf(pair, worth));
    }
    return best;
  }

  /** The greatest frequency of a document of this length code or a longer one; 255 means any, 0 that there is none. */
  frequencyMax(code: number): number {
    for (let i = 0; i < listPairs; i++) {
      const pair = (this.words[this.start + (i >>> 1)]! >>> ((i & 1) * 16)) & 0xffff;
      if ((pair & 0xff) <= code) return pair >>> 8;
    }
    return 0;
  }

  private dataOf(block: number): number {
    return this.start + this.words[this.columns + this.blocks + block]!;
  }

  private infoOf(block: number): number {
    return this.words[this.columns + 2 * this.blocks + block]!;
  }

  private takeOnly(place: TermPlace): void {
    this.block = 0;
    this.count = 1;
    this.read = 1;
    this.docIds[0] = place.docId;
    this.frequenciesOfBlock[0] = place.frequency;
    this.frequenciesLoaded = 0;
  }

  /** Reads docIds and frequencies of less than a block. */
  private loadTail(block: number, before: number): void {
    const { words, withFrequencies, docIds, frequenciesOfBlock, count } = this;
    this.frequenciesLoaded = block;
    let at = (this.columns === 0 ? this.start : this.dataOf(block)) * 4;
    let docId = before;
    for (let i = 0; i < count; i++) {
      let value = 0;
      let shift = 0;
      let byte: number;
      do {
        byte = (words[at >>> 2]! >>> ((at & 3) * 8)) & 0xff;
        at++;
        value |= (byte & 0x7f) << shift;
        shift += 7;
      } while (byte >= 0x80);
      let frequency = 1;
      if (withFrequencies) {
        const once = value & 1;
        value >>>= 1;
        if (once === 0) {
          frequency = 0;
          shift = 0;
          do {
            byte = (words[at >>> 2]! >>> ((at & 3) * 8)) & 0xff;
            at++;
            frequency |= (byte & 0x7f) << shift;
            shift += 7;
          } while (byte >= 0x80);
        }
      }
      docIds[i] = docId = docId + value + 1;
      frequenciesOfBlock[i] = frequency;
    }
  }
}

function worthOf(pair: number, worth: (frequency: number, code: number) => number): number {
  if (pair === 0) return 0;
  const frequency = pair >>> 8;
  return worth(frequency === boundlessFrequency ? Infinity : frequency, pair & 0xff);
}
