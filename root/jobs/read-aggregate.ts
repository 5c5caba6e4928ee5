import { mayAskAgain } from '../../shared/aggregation/rounds.ts';
import { SheafError } from '../../shared/errors.ts';
import { escapeToken } from '../../shared/json/request-node.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';

/**
 * The search that a job of kind aggregate is: no hits, every match counted. Pure.
 * @param now when the job was created, in milliseconds since 1970 UTC: whoever works on it means the same
 * @throws SheafError for the first fault, with a JSON pointer to it
 */
export function readAggregate(
  { query, aggs }: { readonly query: unknown; readonly aggs: unknown },
  schema: IndexSchema,
  now: number,
): SearchRequest {
  const body = { ...(query === undefined ? {} : { query }), aggs, size: 0, track_total_hits: true };
  const request = parseSearchBody(body, schema, { timeoutMsMax: Infinity, sizeDefault: null, now });
  const { aggregations } = request;
  for (const [name, { kind }] of Object.entries(aggregations)) {
    if (mayAskAgain({ [name]: aggregations[name]! })) throw refuseRounds(name, kind);
  }
  return request;
}

function refuseRounds(name: string, kind: string): SheafError {
  const expected = 'fast: a job asks each shard once, for shard_size terms';
  return new SheafError('REQUEST_VALUE_INVALID', {
    at: `/aggs/${escapeToken(name)}/${kind}/accuracy`,
    detail: { expected },
  });
}
