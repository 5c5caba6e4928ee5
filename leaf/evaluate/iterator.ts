import { setBit, setBits } from '../columns/bitset.ts';

/**
 * Matching documents of one segment, one at a time and ascending, as in Lucene.
 *
 * Two things differ from Lucene. `advance` names an end and need not look beyond it, so that the caller can stop in
 * the middle of a segment however rare the matches are; and it may be called again with the same target. Asking
 * whether one document matches is `advance(docId, docId + 1) === docId`, which costs a scan nothing more.
 */
export interface DocumentIterator {
  /** Where the last `advance` came to; −1 before the first. */
  readonly docId: number;
  /**
   * The first match at or after `target`, if there is one before `end`; else some document at or after `end` before
   * which there is none, which may itself be no match.
   *
   * @param target never less than in the call before
   * @param end greater than target
   */
  advance(target: number, end: number): number;
  /**
   * Puts the next matches into a list, for those who look at many and need no scores; not there where `advance` is as good. See
   * fillWith, which is to be called.
   */
  fill?(into: Uint32Array, matches: Wanted): number;
  /**
   * How many matches there are from `target` on and before `end`; both as in `advance`, which goes on from `end`. Only where that
   * is known without looking at each.
   */
  count?(target: number, end: number): number;
  /** Adds the matches to a set, for those who count many; not there where `advance` is as good. See markWith. */
  mark?(into: Uint32Array, range: MarkedRange): void;
  /**
   * Keeps, of some documents, those that match, in their order at the beginning of the list. Gives how many. Not there where `advance`
   * is as good. See retainWith.
   */
  retain?(docIds: Uint32Array, count: number): number;
  /** Score of the current document, which must be a match; 0 where nothing is scored. */
  score(): number;
  /** Documents it will look at over the whole segment, at most and roughly. */
  readonly cost: number;
}

/** Which matches are to be put into a list. */
export interface Wanted {
  /** Never less than in the call before, nor than what `advance` was asked. */
  readonly target: number;
  /** Greater than target. */
  readonly end: number;
  /** At least 1, and at most as many as the list has room for. */
  readonly countMax: number;
}

/** Which matches are to be put into a set. */
export interface MarkedRange {
  /** The document of the set's first bit: a multiple of 32, at most `target`. The set has room up to `end`. */
  readonly base: number;
  /** As of `advance`. */
  readonly target: number;
  readonly end: number;
}

/** Adds the matches from `target` on and before `end` to a set. What else is in it stays. */
export function markWith(iterator: DocumentIterator, into: Uint32Array, range: MarkedRange): void {
  if (iterator.mark !== undefined) return iterator.mark(into, range);
  const { base, end } = range;
  for (let next = range.target; next < end; next++) {
    next = iterator.advance(next, end);
    if (next < end) setBit(into, next - base);
  }
}

/**
 * Puts the next matches into a list, ascending: the first from `target` on and before `end`, at most `countMax`.
 * @returns how many; 0 where there are none before `end`, else it may be fewer than there are
 */
export function fillWith(iterator: DocumentIterator, into: Uint32Array, matches: Wanted): number {
  if (iterator.fill !== undefined) return iterator.fill(into, matches);
  const { end, countMax } = matches;
  let count = 0;
  for (let next = matches.target; next < end && count < countMax;) {
    const docId = iterator.advance(next, end);
    if (docId >= end) break;
    into[count++] = docId;
    next = docId + 1;
  }
  return count;
}

/**
 * Keeps, of the first documents of a list, those that match, at its beginning.
 * @param docIds ascending, none below what the iterator was asked before
 * @returns how many are left
 */
export function retainWith(iterator: DocumentIterator, docIds: Uint32Array, count: number): number {
  if (iterator.retain !== undefined) return iterator.retain(docIds, count);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const docId = docIds[i]!;
    if (iterator.advance(docId, docId + 1) === docId) docIds[kept++] = docId;
  }
  return kept;
}

/** Beyond every docId. Small enough to be a small integer to V8. */
export const noMoreDocuments = 0x7fffffff;

/**
 * Remembers how far it has looked, so that nothing is looked at twice. Not only for speed: what it is made of may be
 * further on already, and cannot be asked of earlier documents again.
 */
export abstract class ResumingIterator implements DocumentIterator {
  docId = -1;
  abstract readonly cost: number;
  /** End of the last search: a `docId` below it is a match, one at or above it is where to go on. */
  private searchedTo = 0;

  advance(target: number, end: number): number {
    const { docId } = this;
    if (docId >= target && (docId < this.searchedTo || docId >= end)) return docId;
    this.searchedTo = end;
    return (this.docId = this.find(docId > target ? docId : target, end));
  }

  /** Says that there is no match before a document but those that were given already. */
  protected goOn(docId: number): void {
    this.docId = this.searchedTo = docId;
  }

  abstract score(): number;

  /** As `advance`, with a target that is never below any document looked at before, unless that is the same one. */
  protected abstract find(target: number, end: number): number;
}

/** Matches nothing. */
export class EmptyIterator implements DocumentIterator {
  readonly docId = noMoreDocuments;
  readonly cost = 0;

  advance(): number {
    return noMoreDocuments;
  }

  score(): number {
    return 0;
  }
}

/** Matches every document. */
export class AllIterator implements DocumentIterator {
  docId = -1;
  readonly cost: number;
  private readonly weight: number;

  /** @param weight score of every match */
  constructor(documents: number, weight: number) {
    this.cost = documents;
    this.weight = weight;
  }

  advance(target: number): number {
    return (this.docId = target < this.cost ? target : noMoreDocuments);
  }

  fill(into: Uint32Array, { target, end, countMax }: Wanted): number {
    const count = Math.max(0, Math.min(countMax, Math.min(end, this.cost) - target));
    for (let i = 0; i < count; i++) into[i] = target + i;
    return count;
  }

  count(target: number, end: number): number {
    return Math.max(0, Math.min(end, this.cost) - target);
  }

  mark(into: Uint32Array, { base, target, end }: MarkedRange): void {
    setBits(into, target - base, Math.min(end, this.cost) - base);
  }

  score(): number {
    return this.weight;
  }
}
