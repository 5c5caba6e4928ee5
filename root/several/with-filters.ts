import { withinQuery } from '../../shared/aggregation/global.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { anyOf, boolOf } from '../query/build.ts';
import { readQuery } from '../query/read-query.ts';

/**
 * The search of those documents only that match one of the filters of an alias; scores are as they were.
 * @param filters as JSON; null: of all documents
 * @param now what `now` stands for in the filters, in milliseconds since 1970 UTC
 */
export function withFilters(
  request: SearchRequest,
  filters: readonly unknown[] | null,
  { schema, now }: { readonly schema: IndexSchema; readonly now: number | undefined },
): SearchRequest {
  if (filters === null) return request;
  const filter = anyOf(filters.map((each) => readQuery(RequestNode.body(each), schema, { now })));
  return {
    ...request,
    query: boolOf({ must: [request.query], filter: [filter] }),
    aggregations: withinQuery(request.aggregations, filter),
  };
}
