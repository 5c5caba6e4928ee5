import { nextSetBit } from '../columns/bitset.ts';
import { reachedBy } from './best-of-term.ts';
import type { BoundedTerm } from './bounded-term.ts';
import { noMoreDocuments } from './iterator.ts';
import { firstAtLeast } from './posting-iterator.ts';
import type { Accept, PrunedSearch, ScoreSink } from './pruned-search.ts';

/** Documents scored together where more than one term leads. */
const windowSize = 2048;

/** A sum in another order may round otherwise. */
const roundingSlack = 1 + 1e-12;

/**
 * By index of the term: its scores in the window at hand, all 0 between windows. One set serves all searches, because
 * a window is searched without a pause.
 */
const windows: Float64Array[] = [];
/** The documents of the window at hand. */
const found = new Uint32Array(windowSize / 32);

/** For more documents the floor is left to rise by itself. */
const seedingMax = 100;

/** More terms are not worth it: see PrunedUnion. */
export const prunedTermsMax = 16;

/**
 * The best documents that hold any term: block-max MAXSCORE.
 *
 * Going from block to block, the terms that together cannot reach the floor there are set aside: a document that
 * holds only those cannot compete. The others are walked, and of the documents found those that might compete are looked up
 * in the terms set aside.
 *
 * Sources: Turtle and Flood, "Query evaluation: strategies and optimizations" (1995); Ding and Suel, "Faster top-k document
 * retrieval using block-max indexes" (2011); the windows are Lucene's.
 */
export class PrunedUnion implements PrunedSearch {
  readonly cost: number;
  /** In the order written: scores add in it. */
  private readonly terms: readonly BoundedTerm[];
  private readonly accept: Accept | null;
  /** Indexes of the terms by bound in the window at hand, ascending: those before `essential` are set aside. */
  private readonly order: number[];
  private essential = 0;
  /** By index of the term: bound in the window. */
  private readonly bounds: Float64Array;
  /** By place in the order: what the terms set aside up to there can add together. */
  private readonly sums: Float64Array;
  /** By index of the term: its score of the document at hand; 0 where it does not hold it. */
  private readonly parts: Float64Array;

  /** @param terms 1 to prunedTermsMax */
  constructor(terms: readonly BoundedTerm[], accept: Accept | null) {
    this.terms = terms;
    this.accept = accept;
    this.order = terms.map((_, i) => i);
    this.bounds = Float64Array.from(terms, ({ bound }) => bound);
    this.sums = new Float64Array(terms.length);
    this.parts = new Float64Array(terms.length);
    this.cost = terms.reduce((sum, { list }) => sum + list.documents, 0);
    while (windows.length < terms.length) windows.push(new Float64Array(windowSize));
  }

  searchRange(start: number, end: number, sink: ScoreSink): void {
    const { terms, bounds } = this;
    if (sink.floor === -Infinity && start === 0) this.raiseFloor(sink);
    for (let i = 0; i < terms.length; i++) bounds[i] = terms[i]!.bound;
    this.divide(sink.floor);
    for (let from = start; from < end;) {
      const to = this.windowEnd(from, end);
      for (let i = 0; i < terms.length; i++) bounds[i] = terms[i]!.boundBetween(from, to);
      this.divide(sink.floor);
      if (this.essential === terms.length - 1) this.searchOne(from, to, sink);
      else if (this.essential < terms.length) this.searchMany(from, to, sink);
      else this.essential = terms.length - 1;
      from = to;
    }
  }

  /**
   * Before anything was found, the best documents of the weightiest term set a floor: the other terms can but add to
   * their scores. Without it all documents of all terms would have to be scored until enough good ones had come.
   */
  private raiseFloor(sink: ScoreSink): void {
    if (this.accept !== null || sink.k > seedingMax) return;
    let best: BoundedTerm | null = null;
    for (const term of this.terms) {
      if (term.list.documents >= sink.k && (best === null || term.bound > best.bound)) best = term;
    }
    if (best !== null) sink.raiseFloor(reachedBy(best, sink.k) * (1 - 1e-15));
  }

  /** Where the bound of a leading term changes, at most. */
  private windowEnd(from: number, end: number): number {
    const { terms, order } = this;
    let to = noMoreDocuments;
    for (let i = Math.min(this.essential, terms.length - 1); i < terms.length; i++) {
      to = Math.min(to, terms[order[i]!]!.boundEnd(from));
    }
    // Many short windows cost more than they save.
    return Math.min(end, Math.max(to, from + 256));
  }

  /** Sorts the terms by their bounds and sets aside as many as together cannot exceed the floor. */
  private divide(floor: number): void {
    const { order, bounds, sums } = this;
    for (let i = 1; i < order.length; i++) {
      const index = order[i]!;
      const bound = bounds[index]!;
      let at = i;
      for (; at > 0 && bounds[order[at - 1]!]! > bound; at--) order[at] = order[at - 1]!;
      order[at] = index;
    }
    let sum = 0;
    this.essential = order.length;
    for (let i = 0; i < order.length; i++) {
      sum += bounds[order[i]!]!;
      sums[i] = sum;
      if (sum <= floor) continue;
      this.essential = i;
      return;
    }
  }

  /** Only one term leads: its documents are candidates as they come. */
  private searchOne(start: number, end: number, sink: ScoreSink): void {
    const { essential, parts, order, terms } = this;
    const index = order[essential]!;
    const term = terms[index]!;
    const { list, weight, norms, lengthCodes } = term;
    const aside = essential === 0 ? 0 : this.sums[essential - 1]!;
    for (let block = list.blockAtOrAfter(start, 0); block < list.blocks; block++) {
      list.load(block);
      const { docIds, count } = list;
      const frequencies = list.frequencies();
      for (let i = firstAtLeast(docIds, 0, count, Math.min(start, docIds[count - 1]!)); i < count; i++) {
        const docId = docIds[i]!;
        if (docId >= end) break;
        const frequency = frequencies[i]!;
        const score = (weight * frequency) / (frequency + norms[lengthCodes[docId]!]!);
        if (score + aside <= sink.floor) continue;
        parts[index] = score;
        this.complete(docId, score, sink);
      }
      if (docIds[count - 1]! >= end - 1) break;
    }
    parts[index] = 0;
  }

  /** Several terms lead: their scores are put side by side, a window at a time. */
  private searchMany(start: number, end: number, sink: ScoreSink): void {
    for (let from = start; from < end; from += windowSize) {
      const to = Math.min(end, from + windowSize);
      found.fill(0);
      for (let i = this.essential; i < this.order.length; i++) this.fillWindow(this.order[i]!, from, to);
      this.searchWindow(from, to, sink);
    }
  }

  private fillWindow(index: number, start: number, end: number): void {
    const scores = windows[index]!;
    const term = this.terms[index]!;
    const { list, weight, norms, lengthCodes } = term;
    if (term.advance(start) >= end) return;
    let i = term.at;
    for (let { block } = list; ;) {
      const { docIds, count } = list;
      const frequencies = list.frequencies();
      for (; i < count; i++) {
        const docId = docIds[i]!;
        if (docId >= end) return;
        const frequency = frequencies[i]!;
        const slot = docId - start;
        scores[slot] = (weight * frequency) / (frequency + norms[lengthCodes[docId]!]!);
        found[slot >>> 5]! |= 1 << (slot & 31);
      }
      if (++block === list.blocks) return;
      list.load(block);
      i = 0;
    }
  }

  private searchWindow(start: number, end: number, sink: ScoreSink): void {
    const { essential, order, parts } = this;
    const size = end - start;
    const aside = essential === 0 ? 0 : this.sums[essential - 1]!;
    for (let slot = nextSetBit(found, 0, size); slot < size; slot = nextSetBit(found, slot + 1, size)) {
      let sum = 0;
      for (let i = essential; i < order.length; i++) {
        const index = order[i]!;
        const scores = windows[index]!;
        sum += parts[index] = scores[slot]!;
        scores[slot] = 0;
      }
      if ((sum + aside) * roundingSlack > sink.floor) this.complete(start + slot, sum, sink);
    }
    for (let i = essential; i < order.length; i++) parts[order[i]!] = 0;
  }

  /** Looks a candidate up in the terms set aside, the weightiest first, as long as it might compete. */
  private complete(docId: number, ownScore: number, sink: ScoreSink): void {
    const { terms, order, parts, sums, accept } = this;
    if (accept !== null && !accept(docId)) return;
    let sum = ownScore;
    for (let i = this.essential - 1; i >= 0; i--) {
      if ((sum + sums[i]!) * roundingSlack <= sink.floor) return this.forget();
      const index = order[i]!;
      const term = terms[index]!;
      if (term.advance(docId) === docId) sum += parts[index] = term.score();
    }
    let exact = 0;
    for (let i = 0; i < terms.length; i++) exact += parts[i]!;
    if (exact > sink.floor) sink.offer(docId, exact);
    this.forget();
  }

  private forget(): void {
    for (let i = 0; i < this.essential; i++) this.parts[this.order[i]!] = 0;
  }
}
