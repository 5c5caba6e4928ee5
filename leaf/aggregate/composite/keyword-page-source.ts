import type { OrdinalColumn } from '../../columns/columns.ts';
import { compareStrings } from '../../../shared/ranking/order.ts';
import type { Dictionary } from '../../dictionary/dictionary.ts';
import type { Steps } from '../../schedule/steps.ts';
import { keywordFieldOf } from '../../segment/columns-of.ts';
import type { Segment } from '../../segment/open.ts';
import type { TaskBudget } from '../task-budget.ts';
import { workPerTerm } from '../term-numbers.ts';
import type { noValue } from '../tuples/tuple-source.ts';
import type { KeyBound, PageSource } from './page-source.ts';
import { PageTerms } from './page-terms.ts';

/** Ordinals whose numbers are remembered: a large map would stop everything when it grows. */
const knownMax = 16_384;

/** The values of a keyword field: read as ordinals, which are in the order of the terms, so that no term is read but those that are kept. */
export class KeywordPageSource implements PageSource {
  isSingle = true;
  values = new Float64Array(1);
  /** Of the segment that was entered. */
  dictionary: Dictionary | null = null;
  private readonly field: string;
  private readonly missing: typeof noValue | null;
  private readonly budget: TaskBudget;
  private readonly terms: PageTerms;
  private column: OrdinalColumn | null = null;
  /** Numbers by ordinal of the segment, of the terms that have one. */
  private readonly known = new Map<number, number>();

  /** @param missing what documents without a value have; null where they are left out */
  constructor(field: string, missing: typeof noValue | null, budget: TaskBudget) {
    this.field = field;
    this.missing = missing;
    this.budget = budget;
    this.terms = new PageTerms(field, budget);
  }

  enterSegment(segment: Segment): void {
    const keywords = keywordFieldOf(segment, this.field);
    this.dictionary = keywords?.dictionary ?? null;
    this.column = keywords?.column ?? null;
    this.isSingle = keywords === null || keywords.column.isSingle;
    this.known.clear();
  }

  read(docId: number): number {
    const { column } = this;
    const start = column === null ? 0 : column.starts[docId]!;
    const count = column === null ? 0 : column.starts[docId + 1]! - start;
    if (count === 0) return this.readMissing();
    if (count > this.values.length) this.values = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) this.values[i] = column!.ordinals[start + i]!;
    return count;
  }

  boundAt(key: number | string): KeyBound {
    return new TermBound(this, String(key));
  }

  numberOf(ordinal: number): number {
    let number = this.known.get(ordinal);
    if (number === undefined) {
      this.budget.spend(workPerTerm);
      number = this.terms.numberOfTerm(this.dictionary!.termAt(ordinal));
      if (this.known.size === knownMax) this.known.clear();
      this.known.set(ordinal, number);
    }
    return number;
  }

  compare(a: number, b: number): number {
    return a === b ? 0 : compareStrings(this.terms.termOf(a), this.terms.termOf(b));
  }

  rank(): Steps<void> {
    return this.terms.rank();
  }

  compareRanked(a: number, b: number): number {
    return this.terms.rankOf(a) - this.terms.rankOf(b);
  }

  keyOf(number: number): string {
    return this.terms.termOf(number);
  }

  private readMissing(): number {
    if (this.missing === null) return 0;
    this.values[0] = this.missing;
    return 1;
  }
}

/** A term among the ordinals of the segment that the source is in: looked for once a segment. */
class TermBound implements KeyBound {
  private readonly source: KeywordPageSource;
  private readonly term: string;
  private dictionary: Dictionary | null = null;
  /** Ordinals below `low` are of lesser terms, those from `high` on of greater ones. */
  private low = 0;
  private high = 0;

  constructor(source: KeywordPageSource, term: string) {
    this.source = source;
    // No document has another.
    this.term = term.toWellFormed();
  }

  compare(ordinal: number): number {
    const { dictionary } = this.source;
    if (dictionary !== this.dictionary) {
      this.dictionary = dictionary;
      this.low = dictionary!.lowerBound(this.term);
      this.high = dictionary!.upperBound(this.term);
    }
    return ordinal < this.low ? -1 : ordinal >= this.high ? 1 : 0;
  }
}
