/**
 * How much of a query's time is kept for merging and sending the answer: twice what merges of its class took lately (the
 * other half is for rendering), at least 2 ms. A class is an index and what is asked of it: so one heavy search takes no
 * time of light ones. Of a class that is not known it follows from the hits that may come. Time is an argument.
 *
 * The 90th percentile, because what is rarer is the machine and not the merge: time that a thread did not run cannot be
 * made up for by waiting less for leaves.
 */
import type { AggregationRequest, AggregationRequests } from '../../shared/aggregation/definition.ts';
import { fieldsOfAggregation } from '../../shared/aggregation/fields-of.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { WindowedQuantile } from '../scatter/windowed-quantile.ts';

/** Kept where there is nothing to merge, too. */
export const reserveMsMin = 2;
/** Of the timeout, at most. Hits are bounded by the request, so more is never theirs. */
const shareMax = 0.05;
/** The same where buckets come, of which there may be as many as there are values. */
const shareMaxOfBuckets = 0.25;
/** Measured with `npm run bench -- search`: a hit of a partial costs less to merge and to render. */
const msPerHit = 0.002;
const quantile = 0.9;
const windowMs = 30_000;
/** Indexes come and go; a class is 3 KB. */
const classesMax = 1000;

/** What there will be to merge. */
export interface MergeWork {
  /** Searches of one class merge about as much. */
  readonly mergeClass: string;
  /** At most so many come from all shards together. */
  readonly hits: number;
  readonly hasBuckets: boolean;
}

type Asked = Pick<SearchRequest, 'query' | 'from' | 'size' | 'aggregations'>;

/** Cost: a look at each aggregation. */
export function mergeWorkOf(
  { id, shards }: Pick<IndexDefinition, 'id' | 'shards'>,
  { query, from, size, aggregations }: Asked,
): MergeWork {
  const hits = (from + size) * shards;
  const asked = shapeOf(aggregations);
  return {
    mergeClass: `${id} ${Math.ceil(Math.log2(hits + 1))} ${query.kind} ${asked}`,
    hits,
    hasBuckets: asked !== '',
  };
}

function shapeOf(aggregations: AggregationRequests): string {
  let shape = '';
  for (const name of Object.keys(aggregations)) shape += `${shapeOfOne(aggregations[name]!)},`;
  return shape;
}

function shapeOfOne(request: AggregationRequest): string {
  const field = fieldsOfAggregation(request).join(' ');
  return 'aggregations' in request
    ? `${request.kind} ${field}(${shapeOf(request.aggregations)})`
    : `${request.kind} ${field}`;
}

export class MergeReserve {
  private readonly classes = new Map<string, WindowedQuantile>();

  /** From the last partial to the answer, before it is rendered. */
  record({ mergeClass }: MergeWork, tookMs: number, now: number): void {
    let merges = this.classes.get(mergeClass);
    if (merges === undefined) {
      if (this.classes.size >= classesMax) this.forgetOldest();
      this.classes.set(mergeClass, (merges = new WindowedQuantile(windowMs)));
    }
    merges.record(tookMs, now);
  }

  reserveMs(timeoutMs: number, work: MergeWork, now: number): number {
    const tookMs = this.classes.get(work.mergeClass)?.quantile(quantile, now);
    const wantedMs = tookMs === undefined ? guessMs(work, timeoutMs) : 2 * tookMs;
    return Math.max(reserveMsMin, Math.min(wantedMs, timeoutMs * (work.hasBuckets ? shareMaxOfBuckets : shareMax)));
  }

  private forgetOldest(): void {
    for (const oldest of this.classes.keys()) {
      this.classes.delete(oldest);
      return;
    }
  }
}

/** How many buckets come is known of no request. */
function guessMs({ hits, hasBuckets }: MergeWork, timeoutMs: number): number {
  return hasBuckets ? timeoutMs * shareMax : hits * msPerHit;
}
