/** Values of which some are left out: those of the terms that are not chosen. */
import { chooserOf, type TermChoice } from '../../shared/aggregation/term-choice.ts';
import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import { NumberValues, OrdinalValues } from './column-values.ts';
import { batchMax } from './document-batch.ts';

interface ChosenOptions<Missing> {
  /** All are chosen where it is undefined. */
  readonly choice: TermChoice | undefined;
  /** What documents without a value have, which may be chosen as any other; null where they have none. */
  readonly missing: Missing | null;
}

/** The values of a field of numbers that are chosen. */
export function chosenNumbers(field: string, { choice, missing }: ChosenOptions<number>): NumberValues {
  return choice === undefined ? new NumberValues(field, missing) : new ChosenNumbers(field, missing, choice);
}

/** The ordinals of a keyword field whose terms are chosen; for that of documents without a value see OrdinalValues. */
export function chosenOrdinals(field: string, { choice, missing }: ChosenOptions<string>): OrdinalValues {
  return choice === undefined ? new OrdinalValues(field, missing !== null) : new ChosenOrdinals(field, missing, choice);
}

class ChosenNumbers extends NumberValues {
  private readonly kept = new KeptEntries();
  private readonly isChosen: (value: number) => boolean;

  constructor(field: string, missing: number | null, choice: TermChoice) {
    super(field, missing);
    this.isChosen = chooserOf(choice);
  }

  override next(): number {
    for (let n = super.next(); n > 0; n = super.next()) {
      const left = this.kept.keep(this, n, this.isChosen);
      if (left > 0) return left;
    }
    return 0;
  }
}

const unknown = 0;
const chosen = 1;
const leftOut = 2;

/** Terms that are named, up to so many, are looked up when a segment is entered: a microsecond or two each. */
const lookedUpMax = 256;

/** A term is judged once a segment: when it is met, unless those that are chosen are few and named. */
class ChosenOrdinals extends OrdinalValues {
  private readonly kept = new KeptEntries();
  private readonly isChosenTerm: (term: string) => boolean;
  private readonly missingTerm: string | null;
  /** Those that are chosen, where they are few and named. */
  private readonly named: readonly string[] | null;
  private keywords: KeywordField | null = null;
  /** By ordinal. */
  private judged = new Uint8Array(0);
  private readonly isChosen = (ordinal: number): boolean => {
    const known = this.judged[ordinal]!;
    return known === unknown ? this.judge(ordinal) : known === chosen;
  };

  constructor(field: string, missing: string | null, choice: TermChoice) {
    super(field, missing !== null);
    this.missingTerm = missing;
    this.isChosenTerm = chooserOf(choice);
    const values = choice.include?.kind === 'values' ? choice.include.values.map(String) : null;
    this.named = values !== null && values.length <= lookedUpMax ? values.filter(this.isChosenTerm) : null;
  }

  override enterSegment(segment: Segment): KeywordField | null {
    this.keywords = super.enterSegment(segment);
    // One more for documents without a value.
    this.judged = new Uint8Array((this.keywords?.dictionary.size ?? 0) + 1);
    if (this.named !== null && this.keywords !== null) this.lookUp(this.named, this.keywords);
    return this.keywords;
  }

  override next(): number {
    for (let n = super.next(); n > 0; n = super.next()) {
      const left = this.kept.keep(this, n, this.isChosen);
      if (left > 0) return left;
    }
    return 0;
  }

  private lookUp(named: readonly string[], { dictionary }: KeywordField): void {
    this.judged.fill(leftOut, 0, dictionary.size);
    for (const term of named) {
      const ordinal = dictionary.find(term);
      if (ordinal >= 0) this.judged[ordinal] = chosen;
    }
  }

  private judge(ordinal: number): boolean {
    const size = this.keywords?.dictionary.size ?? 0;
    const term = ordinal === size ? this.missingTerm! : this.keywords!.dictionary.termAt(ordinal);
    const isChosen = this.isChosenTerm(term);
    this.judged[ordinal] = isChosen ? chosen : leftOut;
    return isChosen;
  }
}

/** Entries of a piece that are kept. */
class KeptEntries {
  private readonly buckets = new Uint32Array(batchMax);
  private readonly docIds = new Uint32Array(batchMax);

  /** Moves the entries that are kept to the front. Returns how many they are. */
  keep(entries: NumberValues | OrdinalValues, count: number, isKept: (value: number) => boolean): number {
    const { values, buckets, docIds } = entries;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      if (!isKept(value)) continue;
      values[left] = value;
      this.buckets[left] = buckets[i]!;
      this.docIds[left++] = docIds[i]!;
    }
    entries.buckets = this.buckets;
    entries.docIds = this.docIds;
    return left;
  }
}
