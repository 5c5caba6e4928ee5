import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { ScoreSink } from '../evaluate/pruned-search.ts';
import { BoundedHeap } from '../../shared/ranking/bounded-heap.ts';
import type { CollectedHit, HitCollector, SearchedSegment } from './hit-collector.ts';

/** The best hits by score, descending, then shard and log offset ascending: the usual order, without an object a hit. */
export class TopScores implements HitCollector, ScoreSink {
  private readonly heap: BoundedHeap;
  private readonly entered: SearchedSegment[] = [];
  private iterator: DocumentIterator | undefined;
  /** Only greater scores can enter: documents come in the order that decides between equal ones. */
  floor: number = -Infinity;
  // By slot.
  private readonly scores: Float64Array;
  private readonly segments: Uint32Array;
  private readonly docIds: Uint32Array;

  readonly k: number;

  /** @param k at least 1 */
  constructor(k: number) {
    this.k = k;
    this.scores = new Float64Array(k);
    this.segments = new Uint32Array(k);
    this.docIds = new Uint32Array(k);
    this.heap = new BoundedHeap(k, (a, b) => this.compare(a, b) > 0);
  }

  /** @param searched all of whose documents come after those of the segment before, by shard and offset */
  enterSegment(searched: SearchedSegment, iterator: DocumentIterator): void {
    const before = this.entered.at(-1);
    if (before !== undefined && !precedes(before, searched)) throw new Error('segments are not in order');
    this.entered.push(searched);
    this.iterator = iterator;
  }

  collect(docId: number): void {
    this.offer(docId, this.iterator!.score());
  }

  offer(docId: number, score: number): void {
    if (score <= this.floor) return;
    const { heap } = this;
    if (heap.isFull) {
      this.fill(heap.worst, docId, score);
      heap.replacedWorst();
    } else {
      this.fill(heap.size, docId, score);
      heap.push();
    }
    if (heap.isFull) this.floor = this.scores[heap.worst]!;
  }

  raiseFloor(floor: number): void {
    this.floor = Math.max(this.floor, floor);
  }

  hits(): CollectedHit[] {
    const slots = Array.from({ length: this.heap.size }, (_, slot) => slot).sort((a, b) => this.compare(a, b));
    return slots.map((slot) => {
      const score = this.scores[slot]!;
      return { searched: this.entered[this.segments[slot]!]!, docId: this.docIds[slot]!, values: [score], score };
    });
  }

  private fill(slot: number, docId: number, score: number): void {
    this.scores[slot] = score;
    this.segments[slot] = this.entered.length - 1;
    this.docIds[slot] = docId;
  }

  private compare(a: number, b: number): number {
    return (
      this.scores[b]! - this.scores[a]! ||
      this.comparePlaces(this.segments[a]!, this.docIds[a]!, this.segments[b]!, this.docIds[b]!)
    );
  }

  private comparePlaces(segmentA: number, docIdA: number, segmentB: number, docIdB: number): number {
    const a = this.entered[segmentA]!;
    const b = this.entered[segmentB]!;
    return a.shard - b.shard || a.live.segment.offsets[docIdA]! - b.live.segment.offsets[docIdB]!;
  }
}

function precedes(a: SearchedSegment, b: SearchedSegment): boolean {
  if (a.shard !== b.shard) return a.shard < b.shard;
  const { segment } = a.live;
  const last = segment.documents === 0 ? -1 : segment.offsets[segment.documents - 1]!;
  return b.live.segment.documents === 0 || last < b.live.segment.offsets[0]!;
}
