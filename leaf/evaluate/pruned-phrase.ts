import { PositionReader } from '../positions/position-reader.ts';
import type { TermPlace } from '../dictionary/dictionary-writer.ts';
import type { TextField } from '../segment/open.ts';
import type { BoundedTerm } from './bounded-term.ts';
import { exactFrequency } from './phrase-frequency.ts';
import { PrunedIntersection } from './pruned-intersection.ts';
import type { Accept, ScoreSink } from './pruned-search.ts';

interface Slot {
  readonly offset: number;
  readonly reader: PositionReader;
  positions: Uint32Array;
  count: number;
}

/** A term of a phrase, as heavy as the whole phrase. */
export interface PhraseTerm {
  readonly term: BoundedTerm;
  readonly place: TermPlace;
  /** Place in the phrase. */
  readonly offset: number;
}

/**
 * The best documents that hold a phrase, word by word. It stands in a document no more often than any of its terms, so the
 * least of their bounds holds for it; positions are read only where that is above the floor.
 */
export class PrunedPhrase extends PrunedIntersection {
  private readonly slots: Slot[];

  /** @param terms at least one */
  constructor(field: TextField, terms: readonly PhraseTerm[], accept: Accept | null) {
    super(
      terms.map(({ term }) => term),
      accept,
    );
    this.slots = terms.map(({ term, place, offset }) => {
      const reader = new PositionReader(field.positions, place, term.list);
      return { offset, reader, positions: reader.positions, count: 0 };
    });
  }

  protected override boundOfOthers(start: number, end: number): number {
    const { others } = this;
    let least = Infinity;
    for (let i = 0; i < others.length; i++) least = Math.min(least, others[i]!.boundBetween(start, end));
    return least;
  }

  protected override together(own: number, rest: number): number {
    return Math.min(own, rest);
  }

  protected override offer(docId: number, sink: ScoreSink): void {
    const { terms, slots, accept } = this;
    for (let i = 0; i < terms.length; i++) if (terms[i]!.score() <= sink.floor) return;
    if (accept !== null && !accept(docId)) return;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      slot.reader.read(terms[i]!.at);
      slot.positions = slot.reader.positions;
      slot.count = slot.reader.count;
    }
    const frequency = exactFrequency(slots);
    if (frequency === 0) return;
    const { weight, norms, lengthCodes } = terms[0]!;
    const score = (weight * frequency) / (frequency + norms[lengthCodes[docId]!]!);
    if (score > sink.floor) sink.offer(docId, score);
  }
}
