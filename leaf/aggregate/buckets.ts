/** Documents by key: what all collectors of buckets have in common, whatever their keys are and whichever they send. */
import type { AggregationPartial, AggregationRequests } from '../../shared/aggregation/definition.ts';
import type { Segment } from '../segment/open.ts';
import type { NumberColumn } from '../columns/columns.ts';
import { BucketTable } from './bucket-table.ts';
import { batchMax } from './document-batch.ts';
import type { TermCaches } from './term-caches.ts';
import { numberColumnOf } from '../segment/columns-of.ts';
import type { CollectingTask } from './collecting-task.ts';
import type { SteppedCollector } from './collector.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Collected } from './send-buckets.ts';
import type { TaskBudget } from './task-budget.ts';

/** Which buckets of a parent are sent. */
export interface Sending<P extends AggregationPartial> {
  /** How many have to be sent of so many, on average. */
  needed(count: number): number;
  /** How many are sent of so many with nothing to hold them back. */
  wanted(count: number): number;
  /**
   * The partial of one parent's bucket.
   * @param nestedNeeded buckets that each bucket brings with it at least, on average
   * @param share see SteppedCollector
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS
   */
  send(collected: Collected, parent: number, nestedNeeded: number, share: number): Steps<P>;
}

/** A request for buckets of the values of a field. */
export interface BucketRequest {
  readonly field: string;
  /** The value of documents without one, of a numeric field. */
  readonly missing?: number | string;
  readonly aggregations: AggregationRequests;
}

export abstract class Buckets<P extends AggregationPartial> implements SteppedCollector<P> {
  readonly sending = 'inSteps';
  protected readonly table: BucketTable;
  protected readonly field: string;
  private readonly weight: string | undefined;
  private weights: NumberColumn | null = null;
  private readonly collected: Collected;
  private readonly sent: Sending<P>;
  /** Buckets of the documents that are filed, and those documents where some were left out. */
  protected readonly found = new Uint32Array(batchMax);
  private readonly filed = new Uint32Array(batchMax);
  private lastDocId = -1;
  private means: { readonly needed: number; readonly wanted: number } | null = null;

  /** @param sizeMax buckets that one parent's may have */
  constructor({ field, aggregations }: BucketRequest, task: CollectingTask, sent: Sending<P>, sizeMax = Infinity) {
    const nested = task.collectorsOf(aggregations);
    this.field = field;
    this.weight = task.weight;
    this.table = new BucketTable(task.budget, sizeMax);
    this.sent = sent;
    const keyOf = (bucket: number): number | string => this.keyOf(bucket);
    const compareKeysOf = (a: number, b: number): number => this.compareKeysOf(a, b);
    const rankKeys = (): Steps<void> => this.rankKeys();
    const areKeysOrdered = (): boolean => this.areKeysOrdered;
    this.collected = { table: this.table, nested, budget: task.budget, keyOf, areKeysOrdered, rankKeys, compareKeysOf };
  }

  get meanNeeded(): number {
    return this.sent.needed(this.table.meanSize) * (1 + this.nestedMeans.needed);
  }

  get meanWanted(): number {
    return this.sent.wanted(this.table.meanSize) * (1 + this.nestedMeans.wanted);
  }

  enterSegment(segment: Segment): void {
    this.lastDocId = -1;
    this.enter(segment);
    this.weights = this.weight === undefined ? null : numberColumnOf(segment, this.weight);
    this.collected.nested.enterSegment(segment);
  }

  prepare(segments: readonly Segment[], caches: TermCaches): Steps<void> {
    return this.collected.nested.prepare(segments, caches);
  }

  abstract collect(parents: Uint32Array, docIds: Uint32Array, count: number): void;

  wanted(parent: number): number {
    return this.sent.wanted(this.table.sizeOf(parent)) * (1 + this.nestedMeans.wanted);
  }

  partial(parent: number, share: number): Steps<P> {
    return this.sent.send(this.collected, parent, this.nestedMeans.needed, share);
  }

  /**
   * Counts documents in the buckets that `found` has for them, and passes them on to what is nested there.
   * @param count of the buckets in `found` and their documents, at most `batchMax`
   * @param isOnce whether no document is in the same bucket twice, as by two equal values
   */
  protected file(docIds: Uint32Array, count: number, isOnce: boolean): void {
    const { found, table } = this;
    const { nested } = this.collected;
    const documents = isOnce ? docIds : this.filed;
    const left = isOnce ? count : this.leaveOutRepeats(docIds, count);
    if (this.weights === null) table.count(found, left);
    else this.countWeighted(this.weights, documents, left);
    if (!nested.isEmpty) nested.collect(found, documents, left);
  }

  /** Leaves documents in `filed` and buckets in `found` each of which is there once, and returns how many. */
  private leaveOutRepeats(docIds: Uint32Array, count: number): number {
    const { found, filed, table } = this;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const docId = docIds[i]!;
      const bucket = found[i]!;
      if (docId !== this.lastDocId) table.beginDocument();
      this.lastDocId = docId;
      if (!table.isFirst(bucket)) continue;
      found[left] = bucket;
      filed[left++] = docId;
    }
    return left;
  }

  private countWeighted({ starts, values }: NumberColumn, documents: Uint32Array, count: number): void {
    for (let i = 0; i < count; i++) this.table.countWeighted(this.found[i]!, values[starts[documents[i]!]!]!);
  }

  /** Whether a document counts once in each of its buckets, and nothing is nested there. */
  protected get countsOnly(): boolean {
    return this.weight === undefined && this.collected.nested.isEmpty;
  }

  protected get budget(): TaskBudget {
    return this.collected.budget;
  }

  protected abstract enter(segment: Segment): void;

  // For these four see Collected.
  protected abstract keyOf(bucket: number): number | string;
  protected abstract readonly areKeysOrdered: boolean;
  protected abstract rankKeys(): Steps<void>;
  protected abstract compareKeysOf(bucketA: number, bucketB: number): number;

  /** Of the buckets nested in each. Asked once all is collected, so they are computed once. */
  private get nestedMeans(): { readonly needed: number; readonly wanted: number } {
    const { nested } = this.collected;
    return (this.means ??= { needed: nested.meanNeeded, wanted: nested.meanWanted });
  }
}
