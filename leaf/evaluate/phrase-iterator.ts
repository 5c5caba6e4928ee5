import { Intersection } from './combine.ts';
import { ResumingIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import { ExactPhrase } from './exact-phrase.ts';
import { exactFrequency, phraseCost, placesOfTermMax, sloppyFrequency } from './phrase-frequency.ts';
import type { PhraseSlot } from './phrase-slot.ts';
import type { TermScoring } from './term-iterator.ts';

export interface PhraseOptions {
  readonly slop: number;
  /** By slot: the number of its first slot with the same terms. */
  readonly same: readonly number[];
  /** Null where scores are not needed. */
  readonly scoring: TermScoring | null;
}

/** Documents that hold a phrase, scored by BM25 with the phrase's frequency. */
export class PhraseIterator extends ResumingIterator {
  override readonly cost: number;
  private readonly slots: readonly PhraseSlot[];
  private readonly holdingAll: DocumentIterator;
  private readonly options: PhraseOptions;
  private readonly placesMax: number;
  /** Null where slots have several terms, or slop is allowed. */
  private readonly exact: ExactPhrase | null;
  /** Of the phrase in the current document. */
  frequency = 0;

  /** @param slots at least one */
  constructor(slots: readonly PhraseSlot[], options: PhraseOptions) {
    super();
    this.slots = slots;
    this.holdingAll = new Intersection(slots.map(({ iterator }) => iterator));
    this.options = options;
    const words = slots.map((slot) => slot.word);
    this.exact = options.slop === 0 && words.every((word) => word !== null) ? new ExactPhrase(words) : null;
    this.placesMax = placesOfTermMax(slots.length, options.slop);
    const positionBytes = slots.reduce((sum, slot) => sum + slot.positionBytes, 0);
    this.cost = this.holdingAll.cost + phraseCost(slots.length, positionBytes, options.slop);
  }

  protected override find(target: number, end: number): number {
    let docId = this.holdingAll.advance(target, end);
    while (docId < end && !this.holdsPhrase(docId)) {
      docId = docId + 1 < end ? this.holdingAll.advance(docId + 1, end) : docId + 1;
    }
    return docId;
  }

  override score(): number {
    const { scoring } = this.options;
    if (scoring === null) return 0;
    const { weight, norms, lengthCodes } = scoring;
    return (weight * this.frequency) / (this.frequency + norms[lengthCodes[this.docId]!]!);
  }

  private holdsPhrase(docId: number): boolean {
    const { slots } = this;
    const { slop, same } = this.options;
    if (this.exact !== null) {
      for (let i = 0; i < slots.length; i++) slots[i]!.seek(this.placesMax);
      this.frequency = this.exact.frequency(1);
      return this.frequency > 0;
    }
    for (let i = 0; i < slots.length; i++) slots[i]!.read(docId, this.placesMax);
    this.frequency = slop === 0 ? exactFrequency(slots) : sloppyFrequency(slots, same, slop);
    return this.frequency > 0;
  }
}
