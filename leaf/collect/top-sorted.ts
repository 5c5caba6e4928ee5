import { comesAfter, type After } from '../../shared/ranking/after.ts';
import { compareHits } from '../../shared/ranking/order.ts';
import type { HitPosition, SortKey, SortValue } from '../../shared/ranking/order.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import { BoundedHeap } from '../../shared/ranking/bounded-heap.ts';
import type { CollectedHit, HitCollector, SearchedSegment } from './hit-collector.ts';
import type { SortBound, SoughtHits } from '../sorting/sort-bound.ts';
import type { ValueReader } from '../sorting/sort-layouts.ts';
import { makeBound, makeReader, prepareKeys } from '../sorting/sort-values.ts';
import type { Steps } from '../schedule/steps.ts';

interface Candidate extends HitPosition {
  values: SortValue[];
  shard: number;
  offset: number;
  searched: SearchedSegment;
  docId: number;
}

/** More hits are not looked for beforehand. */
const seededMax = 100;

/** The best hits by any sort keys. */
export class TopSorted implements HitCollector {
  private readonly keys: readonly SortKey[];
  private readonly after: After | null;
  private readonly k: number;
  private readonly heap: BoundedHeap;
  /** By slot. */
  private readonly candidates: Candidate[] = [];
  /** The document at hand; trades places with the worst when it is better. */
  private current: Candidate | undefined;
  private searched: SearchedSegment | undefined;
  private readers: ValueReader[] = [];
  private bound: SortBound | null = null;

  /**
   * @param k at least 1
   * @param after where the hits wanted begin
   */
  constructor(keys: readonly SortKey[], k: number, after: After | null = null) {
    this.keys = keys;
    this.after = after;
    this.k = k;
    this.heap = new BoundedHeap(k, (a, b) => compareHits(this.keys, this.candidates[a]!, this.candidates[b]!) > 0);
  }

  prepare({ live }: SearchedSegment): Steps<void> {
    return prepareKeys(this.keys, live.segment);
  }

  enterSegment(searched: SearchedSegment, iterator: DocumentIterator): void {
    // Entered again, in the midst of it, what its bound knows stays known.
    if (searched !== this.searched) this.bound = makeBound(this.keys, searched.live.segment);
    this.searched = searched;
    // The iterator stands on the document.
    const scoreOf = (): number => iterator.score();
    this.readers = this.keys.map((key) => makeReader(key, searched.live.segment, scoreOf));
  }

  /** Whether `skip` can tell anything of the segment entered last. */
  get canSkip(): boolean {
    return this.bound?.skip !== undefined;
  }

  /** Looks for the first hits of the segment entered last where they are likely. */
  seed(sought: Omit<SoughtHits, 'k'>): void {
    const { k } = this;
    if (this.after === null && k <= seededMax) this.bound?.seed?.({ k, ...sought });
  }

  /** The first document from `docId` on, or `end`, before which none can be among the hits. Only where it `canSkip`. */
  skip(docId: number, end: number): number {
    const { heap, candidates, bound } = this;
    const worst = heap.isFull ? candidates[heap.worst]!.values[0]! : undefined;
    return bound!.skip!(docId, end, worst);
  }

  collect(docId: number): void {
    const { heap, candidates, bound } = this;
    if (bound !== null && heap.isFull && bound.turnsAway(docId, candidates[heap.worst]!.values[0]!)) return;
    const candidate = this.read(docId);
    if (this.after !== null && !comesAfter(this.keys, candidate, this.after)) return;
    if (!heap.isFull) {
      candidates.push(candidate);
      heap.push();
      this.current = undefined;
      return;
    }
    const { worst } = heap;
    if (compareHits(this.keys, candidate, candidates[worst]!) > 0) return;
    this.current = candidates[worst];
    candidates[worst] = candidate;
    heap.replacedWorst();
  }

  hits(): CollectedHit[] {
    const scoreAt = this.keys.findIndex((key) => key.by === 'score');
    return Array.from(this.heap.ranked(), (slot) => {
      const { searched, docId, values } = this.candidates[slot]!;
      return { searched, docId, values, score: scoreAt < 0 ? null : Number(values[scoreAt]) };
    });
  }

  /** Fills the candidate at hand, made anew only when the last one was kept. */
  private read(docId: number): Candidate {
    const searched = this.searched!;
    const { shard } = searched;
    const offset = searched.live.segment.offsets[docId]!;
    const candidate = (this.current ??= { values: [], shard, offset, searched, docId });
    candidate.shard = shard;
    candidate.offset = offset;
    candidate.searched = searched;
    candidate.docId = docId;
    for (let i = 0; i < this.readers.length; i++) candidate.values[i] = this.readers[i]!(docId);
    return candidate;
  }
}
