/** The engine of a leaf, in process, and the root's part of an answer: one shard of as many segments as are asked for. */
import { finishAggregations } from '../../shared/aggregation/result.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import { SearchRun } from '../../leaf/collect/search-run.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';
import { buildSegment } from '../../leaf/segment/build.ts';
import { openSegment } from '../../leaf/segment/open.ts';
import { liveSegment, makeSnapshot, type LiveSegment, type Snapshot } from '../../leaf/snapshot/snapshot.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import type { AggregateClass, AnswerRow, Result } from './classes.ts';
import { flightSchema, type Flight } from './flights.ts';

/** Documents between two looks at the clock, as a leaf's task takes them. */
const documentsOfStep = 1024;

export class SheafFlights {
  private readonly caches = new QueryCaches();
  private readonly snapshot: Snapshot;
  private readonly requests = new Map<AggregateClass, SearchRequest>();

  /** @param segments of about as many rows each */
  constructor(flights: readonly Flight[], segments: number) {
    const fields = indexedFields(flightSchema);
    const encoder = new TextEncoder();
    const size = Math.ceil(flights.length / segments);
    const live: LiveSegment[] = [];
    for (let start = 0; start < flights.length; start += size) {
      const documents = flights.slice(start, start + size).map((flight, i) => {
        return { key: String(start + i), offset: start + i, source: encoder.encode(JSON.stringify(flight)) };
      });
      live.push(liveSegment(openSegment(buildSegment(fields, documents))));
    }
    this.snapshot = makeSnapshot(live, flights.length - 1);
  }

  ask(asked: AggregateClass): AnswerRow[] {
    const { query, aggregations } = this.requestOf(asked);
    const run = new SearchRun(
      { query, k: 0, sort: [], source: false, aggregations },
      [{ shard: 0, snapshot: this.snapshot }],
      this.caches,
    );
    while (!run.step(documentsOfStep));
    const results = finishAggregations(aggregations, run.result().aggregations, {
      isComplete: true,
      isWhole: () => true,
      bigInts: 'string',
    });
    return asked.rows(results as unknown as Readonly<Record<string, Result>>);
  }

  private requestOf(asked: AggregateClass): SearchRequest {
    let request = this.requests.get(asked);
    if (request === undefined) {
      request = parseSearchBody(asked.body, flightSchema, { timeoutMsMax: 60_000 });
      this.requests.set(asked, request);
    }
    return request;
  }
}
