import { compareStrings } from '../../shared/ranking/order.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { Steps } from '../schedule/steps.ts';
import { keywordFieldOf } from '../segment/columns-of.ts';
import { batchMax } from './document-batch.ts';
import type { TermCaches } from './term-caches.ts';
import { sortInSteps } from './sort-in-steps.ts';
import type { TaskBudget } from './task-budget.ts';

/** Characters of a term that take as much memory as a bucket. */
const charactersPerBucket = 64;
const mapCount = 64;
/** What reading a term takes that was not met yet, in values that are added up. */
export const workPerTerm = 32;

/** Numbers that are in the order of the terms: merged ordinals, or the ordinals of the only dictionary. */
interface OrderedNumbers {
  readonly dictionaries: readonly Dictionary[];
  /** By dictionary: numbers by ordinal; null where these are the same. */
  readonly maps: readonly (Uint32Array | null)[];
  readonly termOf: (number: number) => string;
}

/**
 * Numbers for the terms of a keyword field that hold in every segment, where ordinals mean something in one only. All
 * collectors of a field in a task share them.
 *
 * Where the dictionaries are merged, or there is one, numbers are in the order of the terms and no term is read but those that are
 * sent. Else a term gets its number when it is met, and is read once a segment.
 */
export class TermNumbers {
  /** The field in the segment that was entered; null where it has none. */
  field: KeywordField | null = null;
  private readonly name: string;
  private readonly budget: TaskBudget;
  protected readonly terms: string[] = [];
  /** Many small maps, because one large one would stop everything when it grows. */
  private readonly maps = Array.from({ length: mapCount }, () => new Map<string, number>());
  private segment: Segment | null = null;
  private ordered: OrderedNumbers | null = null;
  private isPrepared = false;
  /** By ordinal of this segment, where there are ordered ones that differ. */
  private orderedMap: Uint32Array | null = null;
  /** By ordinal of this segment, plus one; 0 where it was not met yet. There is room for one ordinal more. */
  protected numbers = new Uint32Array(0);
  private readonly numbered = new Uint32Array(batchMax);

  private ranks = new Uint32Array(0);

  constructor(name: string, budget: TaskBudget) {
    this.name = name;
    this.budget = budget;
  }

  /** To be called before the first segment, once by each collector. @param segments that will be entered */
  *prepare(segments: readonly Segment[], caches: TermCaches): Steps<void> {
    if (this.isPrepared) return;
    this.isPrepared = true;
    const dictionaries = segments
      .map((segment) => keywordFieldOf(segment, this.name)?.dictionary)
      .filter((dictionary) => dictionary !== undefined);
    if (dictionaries.length === 0) return;
    if (dictionaries.length === 1) {
      const only = dictionaries[0]!;
      this.ordered = { dictionaries, maps: [null], termOf: (number) => only.termAt(number) };
      return;
    }
    const merged = yield* caches.merged.of(dictionaries);
    if (merged === null) return;
    const { maps, dictionaries: sources, ordinals } = merged;
    const termOf = (number: number): string => dictionaries[sources[number]!]!.termAt(ordinals[number]!);
    this.ordered = { dictionaries, maps, termOf };
  }

  /** May be called once by each collector. */
  enterSegment(segment: Segment): void {
    if (segment === this.segment) return;
    this.segment = segment;
    this.field = keywordFieldOf(segment, this.name);
    if (this.ordered === null) this.numbers = new Uint32Array((this.field?.dictionary.size ?? 0) + 1);
    if (this.field === null || this.ordered === null) return;
    const { dictionary } = this.field;
    this.orderedMap = this.ordered.maps[this.ordered.dictionaries.indexOf(dictionary)]!;
  }

  /**
   * The numbers of ordinals. Hot: a look into an array for each.
   * @param count of them, at most `batchMax`
   * @returns a list that is theirs until the next call; it may be the one given
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the terms are too long for so many
   */
  numbersOf(ordinals: Uint32Array, count: number): Uint32Array {
    const { numbered, numbers, orderedMap } = this;
    if (this.ordered === null) {
      for (let i = 0; i < count; i++) {
        const known = numbers[ordinals[i]!]!;
        numbered[i] = known === 0 ? this.find(ordinals[i]!) : known - 1;
      }
      return numbered;
    }
    if (orderedMap === null) return ordinals;
    for (let i = 0; i < count; i++) numbered[i] = orderedMap[ordinals[i]!]!;
    return numbered;
  }

  /**
   * A term that is sent.
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the terms are too long for so many
   */
  termToSend(number: number): string {
    if (this.ordered === null) return this.terms[number]!;
    const term = this.ordered.termOf(number);
    this.budget.holdToSend(Math.floor(term.length / charactersPerBucket));
    return term;
  }

  /** Whether numbers are in the order of the terms. */
  get areOrdered(): boolean {
    return this.ordered !== null;
  }

  /** Sorts the terms, once all are numbered. All later calls find it done. */
  *rank(): Steps<void> {
    if (this.ordered !== null || this.ranks.length === this.terms.length) return;
    const sorted = new Uint32Array(this.terms.length);
    for (let number = 0; number < sorted.length; number++) sorted[number] = number;
    yield* sortInSteps(sorted, (a, b) => compareStrings(this.terms[a]!, this.terms[b]!));
    const ranks = new Uint32Array(sorted.length);
    for (let rank = 0; rank < ranks.length; rank++) ranks[sorted[rank]!] = rank;
    this.ranks = ranks;
  }

  /** Place among the terms in code point order. To be called after `rank`. */
  rankOf(number: number): number {
    return this.ordered === null ? this.ranks[number]! : number;
  }

  /** The number of a term that is not ordered. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  protected numberMet(term: string): number {
    const map = this.maps[mapOf(term)]!;
    let number = map.get(term);
    if (number === undefined) {
      this.budget.hold(Math.floor(term.length / charactersPerBucket));
      number = this.terms.push(term) - 1;
      map.set(term, number);
    }
    return number;
  }

  protected find(ordinal: number): number {
    this.budget.spend(workPerTerm);
    const number = this.numberMet(this.field!.dictionary.termAt(ordinal));
    this.numbers[ordinal] = number + 1;
    return number;
  }
}

/**
 * Numbers that terms get when they are met, never ordered: so that a term which no document has may have one too, and terms can be
 * asked of one by one.
 */
export class MetTermNumbers extends TermNumbers {
  override *prepare(): Steps<void> {
    // Nothing is known before terms are met.
  }

  /** @param ordinal of the segment entered */
  numberOf(ordinal: number): number {
    const known = this.numbers[ordinal]!;
    return known === 0 ? this.find(ordinal) : known - 1;
  }

  /** The number of a term, whether documents have it or not. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  numberOfTerm(term: string): number {
    return this.numberMet(term);
  }

  /** Gives the ordinal after the last of the segment entered to a term. Not to be shared with who gives it to another. */
  takeMissing(term: string): void {
    this.numbers[this.numbers.length - 1] = this.numberMet(term) + 1;
  }

  termOf(number: number): string {
    return this.terms[number]!;
  }
}

/** Of a term; any spread will do. */
function mapOf(term: string): number {
  const { length } = term;
  if (length === 0) return 0;
  return (31 * term.charCodeAt(length - 1) + 7 * term.charCodeAt(length >> 1) + length) % mapCount;
}
