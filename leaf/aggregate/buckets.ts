/** Documents by key: what terms and histograms have in common, whatever their keys are. */
import type { AggregationPartial } from '../../shared/aggregation/partial.ts';
import type { HistogramRequest, TermsRequest } from '../../shared/aggregation/request.ts';
import type { Segment } from '../segment/open.ts';
import type { NumberColumn } from '../columns/columns.ts';
import { BucketTable } from './bucket-table.ts';
import { numberColumnOf } from './columns-of.ts';
import type { BucketCollector, CollectorSet } from './collector.ts';
import type { Steps } from '../schedule/steps.ts';
import { meanNeededCount, meanWantedCount, sendBuckets, wantedCount, type Collected } from './send-buckets.ts';
import type { TaskBudget } from './task-budget.ts';

/** How buckets count. */
export interface Counting {
  readonly budget: TaskBudget;
  /** Field that says how much a document counts, one number in each; 1 where it is undefined. */
  readonly weight: string | undefined;
}

export abstract class Buckets<R extends TermsRequest | HistogramRequest> implements BucketCollector {
  readonly kind = 'buckets';
  protected readonly table: BucketTable;
  private readonly weight: string | undefined;
  private weights: NumberColumn | null = null;
  private readonly collected: Collected & { readonly request: R };
  private means: { readonly needed: number; readonly wanted: number } | null = null;

  constructor(request: R, nested: CollectorSet, { budget, weight }: Counting) {
    this.weight = weight;
    this.table = new BucketTable(budget);
    const keyOf = (bucket: number): number | string => this.keyOf(bucket);
    const compareKeysOf = (a: number, b: number): number => this.compareKeysOf(a, b);
    const rankKeys = (): Steps<void> => this.rankKeys();
    this.collected = { request, table: this.table, nested, budget, keyOf, rankKeys, compareKeysOf };
  }

  get meanNeeded(): number {
    return meanNeededCount(this.collected) * (1 + this.nestedMeans.needed);
  }

  get meanWanted(): number {
    return meanWantedCount(this.collected) * (1 + this.nestedMeans.wanted);
  }

  enterSegment(segment: Segment): void {
    this.enter(segment);
    this.weights = this.weight === undefined ? null : numberColumnOf(segment, this.weight);
    this.collected.nested.enterSegment(segment);
  }

  abstract collect(parent: number, docId: number): void;

  wanted(parent: number): number {
    return wantedCount(this.collected, parent) * (1 + this.nestedMeans.wanted);
  }

  partial(parent: number, share: number): Steps<AggregationPartial> {
    return sendBuckets(this.collected, parent, this.nestedMeans.needed, share);
  }

  /** What a document counts. */
  protected weightOf(docId: number): number {
    return this.weights === null ? 1 : this.weights.values[this.weights.starts[docId]!]!;
  }

  protected get request(): R {
    return this.collected.request;
  }

  protected get nested(): CollectorSet {
    return this.collected.nested;
  }

  protected get budget(): TaskBudget {
    return this.collected.budget;
  }

  protected abstract enter(segment: Segment): void;

  // For these three see Collected.
  protected abstract keyOf(bucket: number): number | string;
  protected abstract rankKeys(): Steps<void>;
  protected abstract compareKeysOf(bucketA: number, bucketB: number): number;

  /** Of the buckets nested in each. Asked once all is collected, so they are computed once. */
  private get nestedMeans(): { readonly needed: number; readonly wanted: number } {
    const { nested } = this.collected;
    return (this.means ??= { needed: nested.meanNeeded, wanted: nested.meanWanted });
  }
}
