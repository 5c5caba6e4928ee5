import type { AggregationPartial, AggregationRequests } from '../../../shared/aggregation/definition.ts';
import { keyOfTuple } from '../../../shared/aggregation/tuple-key.ts';
import { limits } from '../../../shared/limits.ts';
import type { Steps } from '../../schedule/steps.ts';
import type { Segment } from '../../segment/open.ts';
import { Buckets, type Sending } from '../buckets.ts';
import type { CollectingTask } from '../collecting-task.ts';
import { batchMax } from '../document-batch.ts';
import { check } from '../task-budget.ts';
import { TupleNumbers } from './tuple-numbers.ts';
import { noValue, type TupleSource } from './tuple-source.ts';

interface TupleRequest {
  /** As many as there are sources. */
  readonly sources: readonly { readonly field: string }[];
  readonly aggregations: AggregationRequests;
}

/** Documents by each combination of their values. */
export abstract class TupleBuckets<
  P extends AggregationPartial,
  S extends TupleSource = TupleSource,
> extends Buckets<P> {
  protected readonly sources: readonly S[];
  protected readonly tuples: TupleNumbers;
  /** The combination that is looked at. */
  protected readonly tuple: Float64Array;
  private readonly counts: Uint32Array;
  /** Of each source the value that is in the combination. */
  private readonly places: Uint32Array;
  private readonly documents = new Uint32Array(batchMax);
  private isSingle = true;

  constructor(request: TupleRequest, task: CollectingTask, sources: readonly S[], sent: Sending<P>) {
    super({ field: request.sources[0]!.field, aggregations: request.aggregations }, task, sent);
    const width = sources.length;
    this.sources = sources;
    this.tuples = new TupleNumbers(width, task.budget);
    this.tuple = new Float64Array(width);
    this.counts = new Uint32Array(width);
    this.places = new Uint32Array(width);
  }

  collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    const { documents, found, budget, sources } = this;
    let filled = 0;
    for (let i = 0; i < count; i++) {
      const combinations = this.begin(docIds[i]!);
      budget.spend(sources.length * Math.max(1, combinations));
      for (let left = combinations; left > 0; left--) {
        const bucket = this.bucketOf(parents[i]!);
        this.goOn();
        if (bucket < 0) continue;
        found[filled] = bucket;
        documents[filled++] = docIds[i]!;
        if (filled < batchMax) continue;
        this.file(documents, filled, this.isSingle);
        filled = 0;
      }
    }
    if (filled > 0) this.file(documents, filled, this.isSingle);
  }

  protected enter(segment: Segment): void {
    for (const source of this.sources) source.enterSegment(segment);
    this.isSingle = this.sources.every((source) => source.isSingle);
  }

  protected keyOf(bucket: number): string {
    const number = this.table.keyOf(bucket);
    return keyOfTuple(
      this.sources.map((source, i) => {
        const value = this.tuples.valueOf(number, i);
        return value === noValue ? null : source.keyOf(value);
      }),
    );
  }

  protected get areKeysOrdered(): boolean {
    return false;
  }

  protected *rankKeys(): Steps<void> {
    for (const source of this.sources) yield* source.rank();
  }

  protected compareKeysOf(bucketA: number, bucketB: number): number {
    const { sources, tuples, table } = this;
    const [a, b] = [table.keyOf(bucketA), table.keyOf(bucketB)];
    for (let i = 0; i < sources.length; i++) {
      const order = this.compareRanked(i, tuples.valueOf(a, i), tuples.valueOf(b, i));
      if (order !== 0) return order;
    }
    return 0;
  }

  /** The number of the tuple that is looked at; −1 where it needs no bucket in the parent's. */
  protected abstract numberOfTuple(parent: number): number;

  /** How two values in a place compare, once all are ranked. */
  protected abstract compareRanked(i: number, a: number, b: number): number;

  private bucketOf(parent: number): number {
    const number = this.numberOfTuple(parent);
    return number < 0 ? -1 : this.table.bucketOf(parent, number);
  }

  /** Reads the values of a document, and begins with the first of each. Returns how many combinations there are. */
  private begin(docId: number): number {
    const { sources, counts, places, tuple } = this;
    let combinations = 1;
    for (let i = 0; i < sources.length; i++) {
      const count = sources[i]!.read(docId);
      if (count === 0) return 0;
      counts[i] = count;
      places[i] = 0;
      tuple[i] = sources[i]!.values[0]!;
      combinations *= count;
    }
    check(combinations, limits.keysOfDocumentMax);
    return combinations;
  }

  /** To the next combination; after the last to the first. */
  private goOn(): void {
    const { sources, counts, places, tuple } = this;
    for (let i = sources.length - 1; i >= 0; i--) {
      const next = places[i]! + 1;
      const isOver = next === counts[i];
      places[i] = isOver ? 0 : next;
      tuple[i] = sources[i]!.values[places[i]!]!;
      if (!isOver) return;
    }
  }
}
