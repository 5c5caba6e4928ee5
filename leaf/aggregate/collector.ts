import type { AggregationPartial, AggregationPartials, MetricPartial } from '../../shared/aggregation/partial.ts';
import type { Segment } from '../segment/open.ts';
import type { Steps } from '../schedule/steps.ts';

/**
 * Takes the matching documents of segment after segment into numbered buckets and turns each bucket into a partial.
 *
 * A collector at the top has the one bucket 0. One nested in buckets has theirs: it is told the number of the bucket
 * its parent put the document in, so that one design serves at every depth.
 */
interface DocumentCollector {
  /** What follows are documents of this segment. */
  enterSegment(segment: Segment): void;
  /** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, REQUEST_VALUE_INVALID */
  collect(bucket: number, docId: number): void;
}

export interface MetricCollector extends DocumentCollector {
  readonly kind: 'metric';
  /** What the bucket holds; a bucket never collected is empty. */
  partial(bucket: number): MetricPartial;
}

export interface BucketCollector extends DocumentCollector {
  readonly kind: 'buckets';
  /** Buckets, nested ones included, that one of its parent's brings with it on average, cut to what is asked for. */
  readonly meanNeeded: number;
  /** The same with nothing to hold it back. */
  readonly meanWanted: number;
  /** About how many buckets, nested ones included, it would send of this one with nothing to hold it back. */
  wanted(bucket: number): number;
  /**
   * What the bucket holds.
   * @param share buckets that it should send, nested ones included; it sends more only where less is not what was asked
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS
   */
  partial(bucket: number, share: number): Steps<AggregationPartial>;
}

export type Collector = MetricCollector | BucketCollector;

/** What is in a bucket without aggregations. One object for all of them. */
const nothing: AggregationPartials = Object.freeze({});

/** The collectors of one level, by the caller's names. */
export class CollectorSet {
  readonly isEmpty: boolean;
  private readonly named: readonly (readonly [name: string, collector: Collector])[];
  private readonly collectors: readonly Collector[];
  private readonly withBuckets: readonly BucketCollector[];

  constructor(named: readonly (readonly [name: string, collector: Collector])[]) {
    this.named = named;
    this.collectors = named.map(([, collector]) => collector);
    this.withBuckets = this.collectors.filter((collector) => collector.kind === 'buckets');
    this.isEmpty = named.length === 0;
  }

  /** For these two see BucketCollector. */
  get meanNeeded(): number {
    return this.withBuckets.reduce((sum, collector) => sum + collector.meanNeeded, 0);
  }

  get meanWanted(): number {
    return this.withBuckets.reduce((sum, collector) => sum + collector.meanWanted, 0);
  }

  enterSegment(segment: Segment): void {
    for (const collector of this.collectors) collector.enterSegment(segment);
  }

  collect(bucket: number, docId: number): void {
    const { collectors } = this;
    for (let i = 0; i < collectors.length; i++) collectors[i]!.collect(bucket, docId);
  }

  /** What the bucket holds. For `share` see BucketCollector. */
  *partials(bucket: number, share: number): Steps<AggregationPartials> {
    if (this.isEmpty) return nothing;
    const shares = this.shareOut(bucket, share);
    const partials: [name: string, partial: AggregationPartial][] = [];
    for (const [name, collector] of this.named) {
      const partial =
        collector.kind === 'metric'
          ? collector.partial(bucket)
          : yield* collector.partial(bucket, shares.get(collector) ?? 0);
      partials.push([name, partial]);
    }
    yield this.collectors.length;
    // Names are callers' words; this makes a property even of __proto__.
    return Object.fromEntries(partials);
  }

  /** Each the same, except that what some do not want is left to the others. */
  private shareOut(bucket: number, share: number): ReadonlyMap<BucketCollector, number> {
    const wanted = this.withBuckets.map((collector) => [collector, collector.wanted(bucket)] as const);
    wanted.sort(([, a], [, b]) => a - b);
    const shares = new Map<BucketCollector, number>();
    let left = share;
    wanted.forEach(([collector, count], i) => {
      const own = left / (wanted.length - i);
      shares.set(collector, own);
      left -= Math.min(own, count);
    });
    return shares;
  }
}
