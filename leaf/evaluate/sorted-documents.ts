import { noMoreDocuments } from './iterator.ts';
import type { DocumentIterator, Wanted } from './iterator.ts';

/** Walks an ascending list of docIds: a posting list, or documents looked up by key. All matches score the same. */
export class SortedDocuments implements DocumentIterator {
  docId = -1;
  readonly cost: number;
  protected at = 0;
  private readonly docIds: Uint32Array;
  private readonly weight: number;

  constructor(docIds: Uint32Array, weight: number) {
    this.docIds = docIds;
    this.cost = docIds.length;
    this.weight = weight;
  }

  advance(target: number): number {
    if (this.docId >= target) return this.docId;
    const { docIds } = this;
    let at = this.docId < 0 ? 0 : this.at + 1;
    if (at < docIds.length && docIds[at]! < target) at = gallop(docIds, at, target);
    this.at = at;
    return (this.docId = at < docIds.length ? docIds[at]! : noMoreDocuments);
  }

  fill(into: Uint32Array, { target, end, countMax }: Wanted): number {
    const { docIds } = this;
    if (this.advance(target) >= end) return 0;
    const first = this.at;
    const last = Math.min(docIds.length, first + countMax);
    let at = first;
    for (; at < last && docIds[at]! < end; at++) into[at - first] = docIds[at]!;
    this.at = at - 1;
    this.docId = docIds[at - 1]!;
    return at - first;
  }

  /** Place in the list of the current document. */
  get place(): number {
    return this.at;
  }

  score(): number {
    return this.weight;
  }
}

/** The first place after `low` whose docId is at least `target`. `docIds[low]` must be less. Cost: log of the distance. */
function gallop(docIds: Uint32Array, low: number, target: number): number {
  let step = 1;
  let below = low;
  while (below + step < docIds.length && docIds[below + step]! < target) {
    below += step;
    step *= 2;
  }
  let high = Math.min(below + step, docIds.length);
  while (high - below > 1) {
    const middle = (below + high) >>> 1;
    if (docIds[middle]! < target) below = middle;
    else high = middle;
  }
  return high;
}
