import type { BoundedTerm } from './bounded-term.ts';
import { firstAtLeast } from './posting-iterator.ts';
import type { Accept, PrunedSearch, ScoreSink } from './pruned-search.ts';

/**
 * The best documents that hold every term. The rarest term leads; its blocks are passed over where it and the others
 * together cannot compete, its documents where what it scores leaves too little.
 */
export class PrunedIntersection implements PrunedSearch {
  readonly cost: number;
  /** In the order written: scores add in it. */
  protected readonly terms: readonly BoundedTerm[];
  protected readonly others: readonly BoundedTerm[];
  protected readonly accept: Accept | null;
  private readonly lead: BoundedTerm;
  private block = 0;

  /** @param terms at least one */
  constructor(terms: readonly BoundedTerm[], accept: Accept | null) {
    this.terms = terms;
    const [lead, ...others] = terms.toSorted((a, b) => a.list.documents - b.list.documents);
    this.lead = lead!;
    this.others = others;
    this.accept = accept;
    this.cost = lead!.list.documents;
  }

  searchRange(start: number, end: number, sink: ScoreSink): void {
    const { lead } = this;
    const { list } = lead;
    let block = list.blockAtOrAfter(start, this.block);
    let from = start;
    while (block < list.blocks && from < end) {
      const to = Math.min(list.lastOf(block) + 1, end);
      const own = lead.blockBound(block);
      const rest = this.boundOfOthers(from, to);
      if (this.together(own, rest) > sink.floor) this.searchBlock(block, from, to, rest, sink);
      from = to;
      if (list.lastOf(block) < to) block++;
    }
    this.block = block;
  }

  /** @param rest what the other terms can give at most */
  private searchBlock(block: number, start: number, end: number, rest: number, sink: ScoreSink): void {
    const { lead } = this;
    const { list, weight, norms, lengthCodes } = lead;
    list.load(block);
    const { docIds, count } = list;
    const frequencies = list.frequencies();
    for (let i = firstAtLeast(docIds, 0, count, start); i < count;) {
      const docId = docIds[i]!;
      if (docId >= end) return;
      const frequency = frequencies[i]!;
      if (this.together((weight * frequency) / (frequency + norms[lengthCodes[docId]!]!), rest) <= sink.floor) {
        i++;
        continue;
      }
      const next = this.nextCandidate(docId);
      if (next === docId) {
        lead.docId = docId;
        lead.at = i;
        this.offer(docId, sink);
        i++;
      } else if (next > docIds[count - 1]!) return;
      else i = firstAtLeast(docIds, i + 1, count, next);
    }
  }

  /** The document itself if all others hold it, else a later one before which none can. */
  private nextCandidate(docId: number): number {
    const { others } = this;
    for (let i = 0; i < others.length; i++) {
      const found = others[i]!.advance(docId);
      if (found !== docId) return found;
    }
    return docId;
  }

  /** What the other terms can give at most between two documents. */
  protected boundOfOthers(start: number, end: number): number {
    const { others } = this;
    let sum = 0;
    for (let i = 0; i < others.length; i++) sum += others[i]!.boundBetween(start, end);
    return sum;
  }

  /** What the leading term and the others give together. */
  protected together(own: number, rest: number): number {
    return own + rest;
  }

  /** Offers a document that every term stands on, if it is good enough. */
  protected offer(docId: number, sink: ScoreSink): void {
    const { terms, accept } = this;
    if (accept !== null && !accept(docId)) return;
    let sum = 0;
    for (let i = 0; i < terms.length; i++) sum += terms[i]!.score();
    if (sum > sink.floor) sink.offer(docId, sum);
  }
}
