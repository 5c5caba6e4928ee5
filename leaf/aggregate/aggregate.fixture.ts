/** Aggregations of segments, as a leaf makes them of all that match. */
import type { AggregationPartials, AggregationRequests } from '../../shared/aggregation/definition.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { SearchRun } from '../collect/search-run.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment, type Segment } from '../segment/open.ts';
import { fields } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot } from '../snapshot/snapshot.ts';

const caches = new QueryCaches();

/** @param documents sources, by the schema of random-documents.fixture.ts */
export function segmentOf(documents: readonly object[]): Segment {
  const stored = documents.map((document, i) => {
    return { key: `k${i}`, offset: i, source: Buffer.from(JSON.stringify(document)) };
  });
  return openSegment(buildSegment(fields, stored));
}

/** The partials of all documents of the segments, which are those of one shard. */
export function aggregateAll(segments: readonly Segment[], aggregations: AggregationRequests): AggregationPartials {
  const snapshot = makeSnapshot(
    segments.map((segment) => liveSegment(segment)),
    0,
  );
  const request = { query: { kind: 'all' }, k: 0, sort: [], source: false, aggregations } as const;
  const run = new SearchRun(request, [{ shard: 0, snapshot }], caches);
  while (!run.step(1024));
  return run.result().aggregations;
}
