import { PositionReader } from '../positions/position-reader.ts';
import type { TermPlace } from '../dictionary/dictionary-writer.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import type { TextField } from '../segment/layouts/text-layout.ts';
import { Union } from './combine.ts';
import type { DocumentIterator } from './iterator.ts';
import type { PhraseWord } from './exact-phrase.ts';
import type { SlotPositions } from './phrase-frequency.ts';
import { PostingIterator } from './posting-iterator.ts';

/** The posting list of a term that can tell where in the current document the term stands. */
class PositionedTerm extends PostingIterator {
  readonly reader: PositionReader;

  constructor(field: TextField, place: TermPlace) {
    super(new PostingBlocks(field.postings, place), 0);
    this.reader = new PositionReader(field.positions, place, this.list);
  }

  readPositions(countMax: number): void {
    this.reader.read(this.at, countMax);
  }

  seekPositions(countMax: number): void {
    this.reader.seek(this.at, countMax);
  }
}

/** One slot of a phrase: any of its terms may stand there. */
export class PhraseSlot implements SlotPositions {
  readonly offset: number;
  positions: Uint32Array = new Uint32Array(16);
  count = 0;
  /** Documents that hold any of the terms. */
  readonly iterator: DocumentIterator;
  /** Bytes of the positions of all documents. */
  readonly positionBytes: number;
  private readonly terms: readonly PositionedTerm[];

  /** @param places at least one */
  constructor(field: TextField, places: readonly TermPlace[], offset: number) {
    this.offset = offset;
    this.positionBytes = places.reduce((sum, { positionBytes }) => sum + positionBytes, 0);
    this.terms = places.map((place) => new PositionedTerm(field, place));
    this.iterator = this.terms.length === 1 ? this.terms[0]! : new Union(this.terms);
  }

  /** The only term, which `seek` has looked up in the document that the iterator stands on; null where there are several. */
  get word(): PhraseWord | null {
    return this.terms.length === 1 ? { reader: this.terms[0]!.reader, offset: this.offset } : null;
  }

  /** Only where there is one term. @param countMax see read */
  seek(countMax: number): void {
    this.terms[0]!.seekPositions(countMax);
  }

  /** Reads the positions in a document that the iterator stands on. @param countMax of each term: further ones are left out */
  read(docId: number, countMax: number): void {
    const [only] = this.terms;
    if (this.terms.length === 1) {
      only!.readPositions(countMax);
      this.positions = only!.reader.positions;
      this.count = only!.reader.count;
    } else this.readAll(docId, countMax);
  }

  private readAll(docId: number, countMax: number): void {
    const all: number[] = [];
    for (const term of this.terms) {
      if (term.docId !== docId) continue;
      term.readPositions(countMax);
      for (let i = 0; i < term.reader.count; i++) all.push(term.reader.positions[i]!);
    }
    this.positions = Uint32Array.from(all).sort();
    this.count = all.length;
  }
}
