import { nextSetBit } from '../columns/bitset.ts';
import type { BoundedTerm } from './bounded-term.ts';
import { candidates, roundingSlack } from './candidates.ts';
import { noMoreDocuments } from './iterator.ts';
import { NeededFrequency } from './needed-frequency.ts';
import { firstAtLeast } from './posting-iterator.ts';
import type { Accept, PrunedSearch, ScoreSink } from './pruned-search.ts';
import { seedFloor } from './seed-floor.ts';

export interface UnionOptions {
  readonly accept: Accept | null;
  /** What seeding the floor takes: the same terms anew, and a stateless accept. Null where there is none. */
  readonly seeding: { readonly again: () => readonly BoundedTerm[]; readonly accept: Accept | null } | null;
  /** Of the segment. */
  readonly documents: number;
}

/** Documents scored together where more than one term leads. */
const windowSize = 2048;

/** Where less than one document in so many is a candidate, windows would be nearly empty. */
const sparseness = 32;

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
export const prunedTermsMax = 64;

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
  private readonly documents: number;
  private readonly seeding: UnionOptions['seeding'];
  /** Indexes of the terms by bound in the window at hand, ascending: those before `essential` are set aside. */
  private readonly order: number[];
  private essential = 0;
  /** By index of the term, once it led alone. */
  private readonly needed: (NeededFrequency | undefined)[] = [];
  /** By index of the term: bound in the window. */
  private readonly bounds: Float64Array;
  /** By place in the order: what the terms set aside up to there can add together. */
  private readonly sums: Float64Array;

  /** @param terms 1 to prunedTermsMax */
  constructor(terms: readonly BoundedTerm[], { accept, seeding, documents }: UnionOptions) {
    this.terms = terms;
    this.seeding = seeding;
    this.documents = documents;
    this.accept = accept;
    this.order = terms.map((_, i) => i);
    this.bounds = Float64Array.from(terms, ({ bound }) => bound);
    this.sums = new Float64Array(terms.length);
    this.cost = terms.reduce((sum, { list }) => sum + list.documents, 0);
    while (windows.length < terms.length) windows.push(new Float64Array(windowSize));
  }

  searchRange(start: number, end: number, sink: ScoreSink): void {
    const { terms, bounds } = this;
    if (sink.floor === -Infinity && start === 0 && this.seeding !== null && sink.k <= seedingMax) {
      sink.raiseFloor(seedFloor(terms, { k: sink.k, ...this.seeding, documents: this.documents }));
    }
    candidates.begin(terms.length);
    for (let i = 0; i < terms.length; i++) bounds[i] = terms[i]!.bound;
    this.divide(sink.floor);
    for (let from = start; from < end;) {
      const to = this.windowEnd(from, end);
      for (let i = 0; i < terms.length; i++) bounds[i] = terms[i]!.boundBetween(from, to);
      this.divide(sink.floor);
      if (this.essential === terms.length - 1) this.searchOne(from, to, sink);
      else if (this.essential < terms.length) {
        if (this.isSparse(to - from)) this.mergeMany(from, to, sink);
        else this.searchMany(from, to, sink);
      } else this.essential = terms.length - 1;
      from = to;
    }
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
      break;
    }
    if (this.essential === order.length - 1) this.chooseLeader(floor);
  }

  /** Of the terms without which the others cannot reach the floor together, the rarest leads. */
  private chooseLeader(floor: number): void {
    const { terms, order, bounds, sums } = this;
    let total = 0;
    for (let i = 0; i < order.length; i++) total += bounds[i]!;
    let leader = order.length - 1;
    for (let i = 0; i < order.length; i++) {
      if ((total - bounds[order[i]!]!) * roundingSlack > floor) continue;
      if (terms[order[i]!]!.list.documents < terms[order[leader]!]!.list.documents) leader = i;
    }
    if (leader === order.length - 1) return;
    const index = order[leader]!;
    order.copyWithin(leader, leader + 1);
    order[order.length - 1] = index;
    for (let i = 0, sum = 0; i < order.length; i++) sums[i] = sum += bounds[order[i]!]!;
  }

  /** Of a term beside all others. */
  private neededOf(index: number): NeededFrequency {
    const { terms } = this;
    return (this.needed[index] ??= new NeededFrequency(terms[index]!, (code) => {
      let sum = 0;
      for (let i = 0; i < terms.length; i++) if (i !== index) sum += terms[i]!.boundOfLength(code);
      return sum;
    }));
  }

  /** Only one term leads: its documents are candidates as they come. */
  private searchOne(start: number, end: number, sink: ScoreSink): void {
    const { essential, order, terms } = this;
    const index = order[essential]!;
    const term = terms[index]!;
    const needed = this.neededOf(index);
    const { list, weight, norms, lengthCodes } = term;
    const aside = essential === 0 ? 0 : this.sums[essential - 1]!;
    for (let block = list.blockAtOrAfter(start, 0); block < list.blocks; block++) {
      needed.setFloor(sink.floor);
      if (!term.blockAdmits(block, needed)) {
        if (list.lastOf(block) >= end - 1) break;
        continue;
      }
      list.load(block);
      const { docIds, count } = list;
      const frequencies = list.frequencies();
      for (let i = firstAtLeast(docIds, 0, count, Math.min(start, docIds[count - 1]!)); i < count; i++) {
        const docId = docIds[i]!;
        if (docId >= end) break;
        const frequency = frequencies[i]!;
        const code = lengthCodes[docId]!;
        if (frequency < needed.of(code)) continue;
        const score = (weight * frequency) / (frequency + norms[code]!);
        if (score + aside <= sink.floor) continue;
        candidates.setPart(index, score);
        candidates.add(docId, score);
      }
      this.complete(sink);
      if (docIds[count - 1]! >= end - 1) break;
    }
  }

  /** Whether the leading terms have so few documents there that going from one to the next costs less than windows. */
  private isSparse(documents: number): boolean {
    const { terms, order, essential } = this;
    let leading = 0;
    for (let i = essential; i < order.length; i++) leading += terms[order[i]!]!.list.documents;
    return leading * sparseness < this.documents || documents < windowSize / sparseness;
  }

  /** Several terms lead: the least of their documents is the next candidate. */
  private mergeMany(start: number, end: number, sink: ScoreSink): void {
    const { terms, order, essential } = this;
    const aside = essential === 0 ? 0 : this.sums[essential - 1]!;
    let docId = noMoreDocuments;
    for (let i = essential; i < order.length; i++) docId = Math.min(docId, terms[order[i]!]!.advance(start));
    while (docId < end) {
      let sum = 0;
      let next = noMoreDocuments;
      for (let i = essential; i < order.length; i++) {
        const index = order[i]!;
        const term = terms[index]!;
        let at = term.docId;
        let score = 0;
        if (at === docId) {
          score = term.score();
          at = term.next();
        }
        sum += score;
        candidates.setPart(index, score);
        if (at < next) next = at;
      }
      if ((sum + aside) * roundingSlack > sink.floor) candidates.add(docId, sum);
      if (candidates.isFull) this.complete(sink);
      docId = next;
    }
    this.complete(sink);
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
    list.load(list.block);
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
    const { essential, order } = this;
    const size = end - start;
    const aside = essential === 0 ? 0 : this.sums[essential - 1]!;
    for (let slot = nextSetBit(found, 0, size); slot < size; slot = nextSetBit(found, slot + 1, size)) {
      let sum = 0;
      for (let i = essential; i < order.length; i++) {
        const index = order[i]!;
        const scores = windows[index]!;
        sum += scores[slot]!;
        candidates.setPart(index, scores[slot]!);
        scores[slot] = 0;
      }
      if ((sum + aside) * roundingSlack > sink.floor) candidates.add(start + slot, sum);
      if (candidates.isFull) this.complete(sink);
    }
    this.complete(sink);
  }

  /** Looks the candidates up in the terms set aside, the weightiest first, as long as they might compete. */
  private complete(sink: ScoreSink): void {
    const { terms, order, sums, accept } = this;
    for (let i = this.essential - 1; i >= 0 && candidates.count > 0; i--) {
      const index = order[i]!;
      const rest = i === 0 ? 0 : sums[i - 1]!;
      candidates.lookUp(terms[index]!, { index, rest, floor: sink.floor, required: false });
    }
    candidates.offerTo(sink, terms.length, accept);
  }
}
