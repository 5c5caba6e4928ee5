import type { BoundedTerm } from './bounded-term.ts';
import { candidates } from './candidates.ts';
import { firstAtLeast } from './posting-iterator.ts';
import type { Accept, PrunedSearch, ScoreSink } from './pruned-search.ts';

/**
 * The best documents that hold every term. The rarest term leads, block by block; blocks are passed over where it and the
 * others together cannot compete, its documents where the term does not stand in them often enough for their length.
 * Those left are looked up in the other terms.
 */
export class PrunedIntersection implements PrunedSearch {
  readonly cost: number;
  private readonly terms: readonly BoundedTerm[];
  private readonly lead: BoundedTerm;
  private readonly leadIndex: number;
  /** The other terms, the rarest first, and which of the terms they are. */
  private readonly others: readonly { readonly term: BoundedTerm; readonly index: number }[];
  private readonly accept: Accept | null;
  /** By place among the others: what those from there on can add at most. */
  private readonly rests: Float64Array;
  private block = 0;

  /** @param terms at least one, in the order written: scores add in it */
  constructor(terms: readonly BoundedTerm[], accept: Accept | null) {
    this.terms = terms;
    const [lead, ...others] = terms
      .map((term, index) => ({ term, index }))
      .sort((a, b) => a.term.list.documents - b.term.list.documents);
    this.lead = lead!.term;
    this.leadIndex = lead!.index;
    this.others = others;
    this.accept = accept;
    this.rests = new Float64Array(others.length + 1);
    this.cost = this.lead.list.documents;
  }

  searchRange(start: number, end: number, sink: ScoreSink): void {
    const { lead, rests } = this;
    const { list } = lead;
    candidates.begin(this.terms.length);
    let block = list.blockAtOrAfter(start, this.block);
    let from = start;
    while (block < list.blocks && from < end) {
      const to = Math.min(list.lastOf(block) + 1, end);
      this.boundOthers(from, to);
      if (lead.blockBound(block) + rests[0]! > sink.floor) this.searchBlock(block, from, to, sink);
      from = to;
      if (list.lastOf(block) < to) block++;
    }
    this.block = block;
  }

  private searchBlock(block: number, start: number, end: number, sink: ScoreSink): void {
    const { lead, leadIndex, others, rests } = this;
    const { list, weight, norms, lengthCodes } = lead;
    const { floor } = sink;
    list.load(block);
    const { docIds, count } = list;
    const frequencies = list.frequencies();
    const rest = rests[0]!;
    for (let i = firstAtLeast(docIds, 0, count, start); i < count; i++) {
      const docId = docIds[i]!;
      if (docId >= end) break;
      const frequency = frequencies[i]!;
      const code = lengthCodes[docId]!;
      const score = (weight * frequency) / (frequency + norms[code]!);
      if (score + rest <= floor) continue;
      candidates.setPart(leadIndex, score);
      candidates.add(docId, score);
    }
    for (let i = 0; i < others.length && candidates.count > 0; i++) {
      const { term, index } = others[i]!;
      candidates.lookUp(term, { index, rest: rests[i + 1]!, floor, required: true });
    }
    candidates.offerTo(sink, this.terms.length, this.accept);
  }

  private boundOthers(start: number, end: number): void {
    const { others, rests } = this;
    let sum = 0;
    for (let i = others.length - 1; i >= 0; i--) rests[i] = sum += others[i]!.term.boundBetween(start, end);
  }
}
