import { GrowingBytes } from '../columns/growing-bytes.ts';
import { GrowingUint32 } from '../columns/growing.ts';

/** Terms of one block: the first is whole, each other one says what it shares with the one before. */
export const termsPerBlock = 16;
/** Words of the index for each block: where its entries, its postings and its positions begin. */
export const indexWords = 3;

/** Where the postings of a term are. */
export interface TermPlace {
  /** Documents that hold it. */
  readonly documents: number;
  /** The document and its frequency where there is one only. */
  readonly docId: number;
  readonly frequency: number;
  /** Words of its postings, and where they begin. */
  readonly postingWords: number;
  readonly postingsAt: number;
  /** Bytes of its positions, and where they begin. */
  readonly positionBytes: number;
  readonly positionsAt: number;
}

/** Writes a dictionary, term after term in byte order; segment/README.md is the specification. */
export class DictionaryWriter {
  readonly entries: GrowingBytes = new GrowingBytes();
  readonly index: GrowingUint32 = new GrowingUint32();
  private readonly withFrequencies: boolean;
  private previous: Uint8Array = new Uint8Array(256);
  private previousLength = 0;
  private size = 0;

  /** @param withFrequencies whether the terms are those of a text, which have frequencies and positions */
  constructor(withFrequencies: boolean) {
    this.withFrequencies = withFrequencies;
  }

  /** Adds the term that is `bytes` from `start` up to `end`. */
  add(bytes: Uint8Array, start: number, end: number, place: TermPlace): void {
    const { entries } = this;
    const first = this.size++ % termsPerBlock === 0;
    if (first) this.beginBlock(place);
    const shared = first ? 0 : this.sharedWith(bytes, start, end);
    entries.varint(shared);
    entries.varint(end - start - shared);
    entries.append(bytes, start + shared, end);
    this.remember(bytes, start, end);
    entries.varint(place.documents);
    if (place.documents === 1) {
      entries.varint(place.docId);
      if (this.withFrequencies) entries.varint(place.frequency);
    } else entries.varint(place.postingWords);
    if (this.withFrequencies) entries.varint(place.positionBytes);
  }

  private beginBlock(place: TermPlace): void {
    this.index.push(this.entries.length);
    this.index.push(place.postingsAt);
    this.index.push(place.positionsAt);
  }

  private sharedWith(bytes: Uint8Array, start: number, end: number): number {
    const most = Math.min(end - start, this.previousLength);
    let shared = 0;
    while (shared < most && this.previous[shared] === bytes[start + shared]) shared++;
    return shared;
  }

  private remember(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > this.previous.length) this.previous = new Uint8Array(2 * length);
    for (let i = 0; i < length; i++) this.previous[i] = bytes[start + i]!;
    this.previousLength = length;
  }
}
