import type { AggregationPartial, AggregationPartials } from '../../shared/aggregation/partial.ts';
import type { Segment } from '../segment/open.ts';

/**
 * Takes the matching documents of segment after segment into numbered buckets and turns each bucket into a partial.
 *
 * A collector at the top has the one bucket 0. One nested in buckets has theirs: it is told the number of the bucket
 * its parent put the document in, so that one design serves at every depth.
 */
export interface Collector {
  /** What follows are documents of this segment. */
  enterSegment(segment: Segment): void;
  /** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  collect(bucket: number, docId: number): void;
  /** What the bucket holds; a bucket never collected is empty. */
  partial(bucket: number): AggregationPartial;
}

/** The collectors of one level, by the caller's names. */
export class CollectorSet {
  readonly isEmpty: boolean;
  private readonly names: readonly string[];
  private readonly collectors: readonly Collector[];

  constructor(named: readonly (readonly [name: string, collector: Collector])[]) {
    this.names = named.map(([name]) => name);
    this.collectors = named.map(([, collector]) => collector);
    this.isEmpty = named.length === 0;
  }

  enterSegment(segment: Segment): void {
    for (const collector of this.collectors) collector.enterSegment(segment);
  }

  collect(bucket: number, docId: number): void {
    const { collectors } = this;
    for (let i = 0; i < collectors.length; i++) collectors[i]!.collect(bucket, docId);
  }

  partials(bucket: number): AggregationPartials {
    const partials: Record<string, AggregationPartial> = Object.create(null);
    this.names.forEach((name, i) => (partials[name] = this.collectors[i]!.partial(bucket)));
    return partials;
  }
}
