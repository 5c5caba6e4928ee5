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
  private readonly arrivals: Uint32Array;
  /** Documents that were among the best for a while. */
  private arrived = 0;

  readonly k: number;

  /** @param k at least 1 */
  constructor(k: number) {
    this.k = k;
    this.scores = new Float64Array(k);
    this.segments = new Uint32Array(k);
    this.docIds = new Uint32Array(k);
    this.arrivals = new Uint32Array(k);
    this.heap = new BoundedHeap(k, (a, b) => this.ranksLower(a, b));
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
    return Array.from(this.heap.ranked(), (slot) => {
      const score = this.scores[slot]!;
      return { searched: this.entered[this.segments[slot]!]!, docId: this.docIds[slot]!, values: [score], score };
    });
  }

  private fill(slot: number, docId: number, score: number): void {
    this.scores[slot] = score;
    this.segments[slot] = this.entered.length - 1;
    this.docIds[slot] = docId;
    this.arrivals[slot] = this.arrived++;
  }

  /** Of equal scores the later arrival ranks lower. */
  private ranksLower(a: number, b: number): boolean {
    const { scores, arrivals } = this;
    return scores[a] === scores[b] ? arrivals[a]! > arrivals[b]! : scores[a]! < scores[b]!;
  }
}

function precedes(a: SearchedSegment, b: SearchedSegment): boolean {
  if (a.shard !== b.shard) return a.shard < b.shard;
  const { segment } = a.live;
  const last = segment.documents === 0 ? -1 : segment.offsets[segment.documents - 1]!;
  return b.live.segment.documents === 0 || last < b.live.segment.offsets[0]!;
}
