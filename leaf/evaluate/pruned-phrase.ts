import { PositionReader } from '../positions/position-reader.ts';
import type { TermPlace } from '../dictionary/dictionary-writer.ts';
import type { TextField } from '../segment/layouts/text-layout.ts';
import type { BoundedTerm } from './bounded-term.ts';
import { ExactPhrase, type PhraseWord } from './exact-phrase.ts';
import { NeededFrequency } from './needed-frequency.ts';
import { phraseCost, placesOfTermMax } from './phrase-frequency.ts';
import { firstAtLeast } from './posting-iterator.ts';
import type { Accept, PrunedSearch, ScoreSink } from './pruned-search.ts';

interface Slot extends PhraseWord {
  readonly term: BoundedTerm;
}

/** A term of a phrase, as heavy as the whole phrase. */
export interface PhraseTerm {
  readonly term: BoundedTerm;
  readonly place: TermPlace;
  /** Place in the phrase. */
  readonly offset: number;
}

/**
 * The best documents that hold a phrase, word by word. It stands in a document no more often than any of its terms: as all
 * weigh the same, one needed frequency, by the length of the document, holds for each of them, and positions are read only
 * where all reach it.
 */
export class PrunedPhrase implements PrunedSearch {
  readonly cost: number;
  /** The rarest term first. */
  private readonly slots: readonly Slot[];
  private readonly phrase: ExactPhrase;
  private readonly accept: Accept | null;
  private readonly needed: NeededFrequency;
  private block = 0;

  /** @param terms at least one */
  constructor(field: TextField, terms: readonly PhraseTerm[], accept: Accept | null) {
    this.accept = accept;
    this.slots = terms
      .map(({ term, place, offset }) => {
        return { term, offset, reader: new PositionReader(field.positions, place, term.list) };
      })
      .sort((a, b) => a.term.list.documents - b.term.list.documents);
    this.phrase = new ExactPhrase(this.slots);
    const { term } = this.slots[0]!;
    this.needed = new NeededFrequency(term, () => 0);
    const positionBytes = terms.reduce((sum, { place }) => sum + place.positionBytes, 0);
    this.cost = term.list.documents + phraseCost(terms.length, positionBytes, 0);
  }

  searchRange(start: number, end: number, sink: ScoreSink): void {
    const { slots, needed } = this;
    const lead = slots[0]!.term;
    const { list } = lead;
    let block = list.blockAtOrAfter(start, this.block);
    for (; block < list.blocks; block++) {
      needed.setFloor(sink.floor);
      if (lead.blockAdmits(block, needed)) this.searchBlock(block, start, end, sink);
      if (list.lastOf(block) >= end - 1) break;
    }
    this.block = block;
  }

  private searchBlock(block: number, start: number, end: number, sink: ScoreSink): void {
    const { slots, needed } = this;
    const lead = slots[0]!.term;
    const { list, lengthCodes } = lead;
    list.load(block);
    const { docIds, count } = list;
    const frequencies = list.frequencies();
    for (let i = firstAtLeast(docIds, 0, count, Math.min(start, docIds[count - 1]!)); i < count;) {
      const docId = docIds[i]!;
      if (docId >= end) return;
      const least = needed.of(lengthCodes[docId]!);
      if (docId < start || frequencies[i]! < least || !this.mayReach(docId, least)) {
        i++;
        continue;
      }
      const next = this.nextCandidate(docId);
      if (next === docId) {
        lead.at = i;
        if (this.offer(docId, least, sink)) needed.setFloor(sink.floor);
        i++;
      } else if (next > docIds[count - 1]!) return;
      else i = firstAtLeast(docIds, i + 1, count, next);
    }
  }

  /** Whether the other terms can stand so often in a document, as far as that is known without reading their blocks. */
  private mayReach(docId: number, least: number): boolean {
    const { slots } = this;
    for (let i = 1; i < slots.length; i++) if (slots[i]!.term.frequencyMaxOf(docId) < least) return false;
    return true;
  }

  /** The document itself if all others hold it, else a later one before which none can. */
  private nextCandidate(docId: number): number {
    const { slots } = this;
    for (let i = 1; i < slots.length; i++) {
      const found = slots[i]!.term.advance(docId);
      if (found !== docId) return found;
    }
    return docId;
  }

  /** Offers a document that every term stands on, if it is good enough. Returns whether it was. */
  private offer(docId: number, least: number, sink: ScoreSink): boolean {
    const { slots, accept } = this;
    for (let i = 1; i < slots.length; i++) {
      const { term } = slots[i]!;
      if (term.list.frequencyAt(term.at) < least) return false;
    }
    if (accept !== null && !accept(docId)) return false;
    const placesMax = placesOfTermMax(slots.length, 0);
    for (let i = 0; i < slots.length; i++) {
      const { reader, term } = slots[i]!;
      reader.seek(term.at, placesMax);
    }
    const frequency = this.phrase.frequency(least);
    if (frequency === 0) return false;
    const { weight, norms, lengthCodes } = slots[0]!.term;
    const score = (weight * frequency) / (frequency + norms[lengthCodes[docId]!]!);
    if (score <= sink.floor) return false;
    sink.offer(docId, score);
    return true;
  }
}
