import type { DocumentIterator } from '../evaluate/iterator.ts';
import { BoundedHeap } from './bounded-heap.ts';
import type { CollectedHit, HitCollector, SearchedSegment } from './hit-collector.ts';

/** The best hits by score, descending, then shard and log offset ascending: the usual order, without an object a hit. */
export class TopScores implements HitCollector {
  private readonly heap: BoundedHeap;
  private readonly entered: SearchedSegment[] = [];
  private iterator: DocumentIterator | undefined;
  /** No lower score can enter. Equal ones may, by shard and offset. */
  private floor = -Infinity;
  // By slot.
  private readonly scores: Float64Array;
  private readonly segments: Uint32Array;
  private readonly docIds: Uint32Array;

  /** @param k at least 1 */
  constructor(k: number) {
    this.scores = new Float64Array(k);
    this.segments = new Uint32Array(k);
    this.docIds = new Uint32Array(k);
    this.heap = new BoundedHeap(k, (a, b) => this.compare(a, b) > 0);
  }

  enterSegment(searched: SearchedSegment, iterator: DocumentIterator): void {
    this.entered.push(searched);
    this.iterator = iterator;
  }

  collect(docId: number): void {
    const score = this.iterator!.score();
    if (score < this.floor) return;
    const { heap } = this;
    if (!heap.isFull) {
      this.fill(heap.size, docId, score);
      heap.push();
    } else {
      if (score === this.floor && !this.precedesWorst(docId)) return;
      this.fill(heap.worst, docId, score);
      heap.replacedWorst();
    }
    if (heap.isFull) this.floor = this.scores[heap.worst]!;
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

  private precedesWorst(docId: number): boolean {
    const worst = this.heap.worst;
    return this.comparePlaces(this.entered.length - 1, docId, this.segments[worst]!, this.docIds[worst]!) < 0;
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
