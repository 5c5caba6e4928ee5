/** One bucket of all live documents of the shards that are searched, whatever the query. At the top only. */
import { shaped } from '../json/validators.ts';
import { validateQuery } from '../protocol/validate-query.ts';
import type { Query } from '../query/query.ts';
import type { AggregationDefinition, AggregationRequest, AggregationRequests } from './definition.ts';
import { unbounded } from './missing-shards.ts';
import { finishCounted, singleBucket, type SingleBucketPartial, type SingleBucketResult } from './single-bucket.ts';

export type GlobalRequest = {
  readonly kind: 'global';
  /** What documents match that there are to the caller: all, or those that the filters of an alias let through. */
  readonly query: Query;
  readonly aggregations: AggregationRequests;
};

declare module './definition.ts' {
  interface AggregationByKind {
    readonly global: {
      readonly request: GlobalRequest;
      readonly partial: SingleBucketPartial;
      readonly result: SingleBucketResult;
    };
  }
}

export const global: AggregationDefinition<'global'> = {
  ...singleBucket,
  validate: shaped({ query: validateQuery }),
  *finish(request, partial, finishing) {
    finishing.take(1, request.aggregations);
    // What is known of missing shards is of documents that match the query.
    return yield* finishCounted(request, partial, finishing, { missingIn: (missing) => unbounded(missing, 'kind') });
  },
};

/** Whether documents count that do not match the query, or are asked about at least. */
export function countsOthers(requests: AggregationRequests): boolean {
  return Object.values(requests).some((request) => request.kind === 'global' || 'others' in request);
}

/** The same aggregations where there are no other documents than those that match. */
export function withinQuery(requests: AggregationRequests, query: Query): AggregationRequests {
  if (!countsOthers(requests)) return requests;
  return Object.fromEntries(Object.entries(requests).map(([name, request]) => [name, within(request, query)]));
}

function within(request: AggregationRequest, query: Query): AggregationRequest {
  if (request.kind === 'global') return { ...request, query };
  return 'others' in request ? { ...request, others: query } : request;
}
