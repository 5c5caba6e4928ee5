import { compareStrings } from '../../shared/ranking/order.ts';
import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { Steps } from '../schedule/steps.ts';
import { keywordFieldOf } from '../segment/columns-of.ts';
import { sortInSteps } from './sort-in-steps.ts';
import type { TaskBudget } from './task-budget.ts';

/** Characters of a term that take as much memory as a bucket. */
const charactersPerBucket = 64;
const mapCount = 64;

/**
 * Numbers for the terms of a keyword field that hold in every segment, where ordinals mean something in one only. All
 * collectors of a field in a task share them, and a term is read once a segment.
 */
export class TermNumbers {
  /** The field in the segment that was entered; null where it has none. */
  field: KeywordField | null = null;
  private readonly name: string;
  private readonly budget: TaskBudget;
  private readonly terms: string[] = [];
  /** Many small maps, because one large one would stop everything when it grows. */
  private readonly maps = Array.from({ length: mapCount }, () => new Map<string, number>());
  private segment: Segment | null = null;
  /** By ordinal of this segment, plus one; 0 where it was not met yet. */
  private numbers = new Uint32Array(0);

  private ranks = new Uint32Array(0);

  constructor(name: string, budget: TaskBudget) {
    this.name = name;
    this.budget = budget;
  }

  /** May be called once by each collector. */
  enterSegment(segment: Segment): void {
    if (segment === this.segment) return;
    this.segment = segment;
    this.field = keywordFieldOf(segment, this.name);
    this.numbers = new Uint32Array(this.field?.dictionary.size ?? 0);
  }

  /** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the terms are too long for so many */
  numberOf(ordinal: number): number {
    const known = this.numbers[ordinal]!;
    return known === 0 ? this.find(ordinal) : known - 1;
  }

  termOf(number: number): string {
    return this.terms[number]!;
  }

  /** Sorts the terms, once all are numbered. All later calls find it done. */
  *rank(): Steps<void> {
    if (this.ranks.length === this.terms.length) return;
    const sorted = new Uint32Array(this.terms.length);
    for (let number = 0; number < sorted.length; number++) sorted[number] = number;
    yield* sortInSteps(sorted, (a, b) => compareStrings(this.termOf(a), this.termOf(b)));
    const ranks = new Uint32Array(sorted.length);
    for (let rank = 0; rank < ranks.length; rank++) ranks[sorted[rank]!] = rank;
    this.ranks = ranks;
  }

  /** Place among the terms in code point order. To be called after `rank`. */
  rankOf(number: number): number {
    return this.ranks[number]!;
  }

  /** The number of a term, whether documents have it or not. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  numberOfTerm(term: string): number {
    const map = this.maps[mapOf(term)]!;
    let number = map.get(term);
    if (number === undefined) {
      this.budget.hold(Math.floor(term.length / charactersPerBucket));
      number = this.terms.push(term) - 1;
      map.set(term, number);
    }
    return number;
  }

  private find(ordinal: number): number {
    const number = this.numberOfTerm(this.field!.dictionary.termAt(ordinal));
    this.numbers[ordinal] = number + 1;
    return number;
  }
}

/** Of a term; any spread will do. */
function mapOf(term: string): number {
  const { length } = term;
  if (length === 0) return 0;
  return (31 * term.charCodeAt(length - 1) + 7 * term.charCodeAt(length >> 1) + length) % mapCount;
}
