import type { BoundedTerm } from './bounded-term.ts';
import { candidates, roundingSlack } from './candidates.ts';
import { firstAtLeast } from './posting-iterator.ts';
import type { Accept, PrunedSearch, ScoreSink } from './pruned-search.ts';

/** A term of the query, and which one it is. */
interface Place {
  readonly term: BoundedTerm;
  readonly index: number;
  readonly isRequired: boolean;
}

/**
 * The best documents that hold every required term, whatever they hold of the others. The rarest term leads, block by block;
 * blocks are passed over where it and the others together cannot compete, its documents where the term does not stand in them often
 * enough for their length. Those left are looked up in the other terms: the rarest required first, then the weightiest of those that may be missing.
 *
 * Once the floor is so high that nothing competes without some term that may be missing, that one leads where it is rarer.
 */
export class PrunedIntersection implements PrunedSearch {
  readonly cost: number;
  private readonly places: readonly Place[];
  private readonly accept: Accept | null;
  private lead: Place;
  /** All but the one that leads, in the order in which they are looked up. */
  private others: readonly Place[];
  /** What all terms can add together. */
  private readonly total: number;
  /** The floor by which the leading term was chosen. */
  private chosenBy = -Infinity;
  /** By place among the others: what those from there on can add at most. */
  private readonly rests: Float64Array;
  private block = 0;

  /** @param terms in the order written, in which scores add: first those required, at least one, then those that may be missing */
  constructor(terms: readonly BoundedTerm[], required: number, accept: Accept | null) {
    const places = terms.map((term, index) => ({ term, index, isRequired: index < required }));
    this.places = [
      ...places.slice(0, required).sort((a, b) => a.term.list.documents - b.term.list.documents),
      ...places.slice(required).sort((a, b) => b.term.bound - a.term.bound),
    ];
    this.accept = accept;
    this.lead = this.places[0]!;
    this.others = this.places.slice(1);
    this.total = terms.reduce((sum, { bound }) => sum + bound, 0);
    this.rests = new Float64Array(terms.length);
    this.cost = this.lead.term.list.documents;
  }

  searchRange(start: number, end: number, sink: ScoreSink): void {
    candidates.begin(this.places.length);
    for (let from = start; from < end;) {
      if (sink.floor > this.chosenBy) this.chooseLead(sink.floor);
      const { term } = this.lead;
      const { list } = term;
      const block = list.blockAtOrAfter(from, this.block);
      this.block = block;
      if (block === list.blocks) return;
      const to = Math.min(list.lastOf(block) + 1, end);
      const rest = this.boundOthers(from, to);
      if (term.blockBound(block) + rest > sink.floor) this.searchBlock(block, from, to, sink);
      from = to;
    }
  }

  private searchBlock(block: number, start: number, end: number, sink: ScoreSink): void {
    const { lead, others, rests } = this;
    const { list, weight, norms, lengthCodes } = lead.term;
    const { floor } = sink;
    list.load(block);
    const { docIds, count } = list;
    const frequencies = list.frequencies();
    const rest = rests[0]!;
    for (let i = firstAtLeast(docIds, 0, count, start); i < count; i++) {
      const docId = docIds[i]!;
      if (docId >= end) break;
      const frequency = frequencies[i]!;
      const score = (weight * frequency) / (frequency + norms[lengthCodes[docId]!]!);
      if (score + rest <= floor) continue;
      candidates.setPart(lead.index, score);
      candidates.add(docId, score);
    }
    for (let i = 0; i < others.length && candidates.count > 0; i++) {
      const { term, index, isRequired } = others[i]!;
      candidates.lookUp(term, { index, rest: rests[i + 1]!, floor, required: isRequired });
    }
    candidates.offerTo(sink, this.places.length, this.accept);
  }

  /** What the other terms can add in a range together; −Infinity where one that is required is not there. */
  private boundOthers(start: number, end: number): number {
    const { others, rests } = this;
    let sum = 0;
    for (let i = others.length - 1; i >= 0; i--) {
      const { term, isRequired } = others[i]!;
      const bound = term.boundBetween(start, end);
      if (bound === 0 && isRequired) return -Infinity;
      rests[i] = sum += bound;
    }
    return sum;
  }

  private chooseLead(floor: number): void {
    this.chosenBy = floor;
    for (const place of this.others) {
      if (place.isRequired || (this.total - place.term.bound) * roundingSlack > floor) continue;
      if (place.term.list.documents >= this.lead.term.list.documents) continue;
      this.lead = place;
      this.block = 0;
    }
    this.others = this.places.filter((place) => place !== this.lead);
  }
}
