import { comesAfter, type After } from '../../shared/ranking/after.ts';
import {
  compareRows,
  makeColumn,
  positionAt,
  setValue,
  valueAt,
  type FilledColumn,
  type HitColumns,
} from '../../shared/ranking/hit-columns.ts';
import type { SortKey, SortValue } from '../../shared/ranking/order.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import { BoundedHeap } from '../../shared/ranking/bounded-heap.ts';
import type { CollectedHit, HitCollector, SearchedSegment } from './hit-collector.ts';
import type { SortBound, SoughtHits } from '../sorting/sort-bound.ts';
import type { ValueReader } from '../sorting/sort-layouts.ts';
import { makeBound, makeReader, prepareKeys } from '../sorting/sort-values.ts';
import type { Steps } from '../schedule/steps.ts';

/** More hits are not looked for beforehand. */
const seededMax = 100;

/** The best hits by any sort keys, in columns: no object is made of a document that is one for a while. */
export class TopSorted implements HitCollector {
  private readonly keys: readonly SortKey[];
  private readonly after: After | null;
  private readonly k: number;
  private readonly heap: BoundedHeap;
  /** By slot, and then the document at hand. */
  private readonly rows: HitColumns & { readonly values: readonly FilledColumn[] };
  private readonly docIds: Uint32Array;
  /** Places of their segments among those that were entered. */
  private readonly segments: Uint32Array;
  private readonly entered: SearchedSegment[] = [];
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
    const values = keys.map((key) => makeColumn(key, k + 1));
    this.rows = { shards: new Uint16Array(k + 1), offsets: new Float64Array(k + 1), values };
    this.docIds = new Uint32Array(k + 1);
    this.segments = new Uint32Array(k + 1);
    this.heap = new BoundedHeap(k, (a, b) => compareRows(keys, this.rows, a, this.rows, b) > 0);
  }

  prepare({ live }: SearchedSegment): Steps<void> {
    return prepareKeys(this.keys, live.segment);
  }

  enterSegment(searched: SearchedSegment, iterator: DocumentIterator): void {
    // Entered again, in the midst of it, what its bound knows stays known.
    if (searched !== this.entered.at(-1)) {
      this.bound = makeBound(this.keys, searched.live.segment);
      this.entered.push(searched);
    }
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
    return this.bound!.skip!(docId, end, this.heap.isFull ? this.worstValue : undefined);
  }

  collect(docId: number): void {
    const { keys, heap, rows, bound, after, k } = this;
    if (bound !== null && heap.isFull && bound.turnsAway(docId, this.worstValue)) return;
    const row = heap.isFull ? k : heap.size;
    this.read(docId, row);
    if (after !== null && !comesAfter(keys, positionAt(rows, row), after)) return;
    if (!heap.isFull) return heap.push();
    if (compareRows(keys, rows, row, rows, heap.worst) > 0) return;
    this.copy(row, heap.worst);
    heap.replacedWorst();
  }

  hits(): CollectedHit[] {
    const { keys, rows, docIds, segments, entered } = this;
    const scoreAt = keys.findIndex((key) => key.by === 'score');
    return Array.from(this.heap.ranked(), (slot) => {
      const { values } = positionAt(rows, slot);
      const score = scoreAt < 0 ? null : Number(values[scoreAt]);
      return { searched: entered[segments[slot]!]!, docId: docIds[slot]!, values, score };
    });
  }

  /** The first sort key's value of the worst hit. At least one must be there. */
  private get worstValue(): SortValue {
    return valueAt(this.rows.values[0]!, this.heap.worst);
  }

  private read(docId: number, row: number): void {
    const { rows, readers } = this;
    const { shard, live } = this.entered.at(-1)!;
    rows.shards[row] = shard;
    rows.offsets[row] = live.segment.offsets[docId]!;
    this.docIds[row] = docId;
    this.segments[row] = this.entered.length - 1;
    for (let i = 0; i < readers.length; i++) setValue(rows.values[i]!, row, readers[i]!(docId));
  }

  private copy(from: number, to: number): void {
    const { rows, docIds, segments } = this;
    rows.shards[to] = rows.shards[from]!;
    rows.offsets[to] = rows.offsets[from]!;
    docIds[to] = docIds[from]!;
    segments[to] = segments[from]!;
    for (const column of rows.values) column[to] = column[from]!;
  }
}
