import type { BoundedTerm } from './bounded-term.ts';
import { NeededFrequency } from './needed-frequency.ts';
import type { Accept, PrunedSearch, ScoreSink } from './pruned-search.ts';

/** The best documents of one term: blocks that cannot compete are not read. */
export class PrunedTerm implements PrunedSearch {
  readonly cost: number;
  private readonly term: BoundedTerm;
  private readonly accept: Accept | null;
  private readonly needed: NeededFrequency;
  private block = 0;

  constructor(term: BoundedTerm, accept: Accept | null) {
    this.term = term;
    this.accept = accept;
    this.needed = new NeededFrequency(term, () => 0);
    this.cost = term.list.documents;
  }

  searchRange(start: number, end: number, sink: ScoreSink): void {
    const { term, needed } = this;
    const { list } = term;
    let block = list.blockAtOrAfter(start, this.block);
    while (block < list.blocks && term.bound > sink.floor) {
      needed.setFloor(sink.floor);
      if (term.blockAdmits(block, needed)) this.searchBlock(block, start, end, sink);
      if (list.lastOf(block) >= end - 1) break;
      block++;
    }
    this.block = block;
  }

  private searchBlock(block: number, start: number, end: number, sink: ScoreSink): void {
    const { accept, needed } = this;
    const { list, weight, norms, lengthCodes } = this.term;
    list.load(block);
    const { docIds, count } = list;
    const frequencies = list.frequencies();
    let { floor } = sink;
    for (let i = 0; i < count; i++) {
      const docId = docIds[i]!;
      const frequency = frequencies[i]!;
      const code = lengthCodes[docId]!;
      if (frequency < needed.of(code) || docId < start) continue;
      if (docId >= end) return;
      const score = (weight * frequency) / (frequency + norms[code]!);
      if (score <= floor || (accept !== null && !accept(docId))) continue;
      sink.offer(docId, score);
      ({ floor } = sink);
    }
  }
}
