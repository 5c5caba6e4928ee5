/** What a caller sees of the aggregations of a search, whatever kind of index it is of. */
import type { AggregationPartials } from '../../shared/aggregation/definition.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { rollupResults } from './rollup-results.ts';

/**
 * @param request as the caller wrote it
 * @param partials merged, of what the leaves were asked
 * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, REQUEST_VALUE_INVALID, SUM_TOO_LARGE
 */
export function aggregationResults(
  { rollup }: Pick<IndexDefinition, 'rollup'>,
  request: SearchRequest,
  partials: AggregationPartials,
): Readonly<Record<string, unknown>> {
  if (rollup === undefined) return finishAggregations(request.aggregations, partials);
  return rollupResults(rollup, request.aggregations, partials, request.bigInts ?? 'string');
}
