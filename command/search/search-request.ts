/** What `sheaf search` asks a root for. Pure. */
import type { SearchConfig } from '../../shared/config/read.ts';
import type { ClientRequest } from '../client/client.ts';
import { CommandFailure } from '../failure.ts';

/** What files say of a search. */
export interface SearchFiles {
  readonly body?: object;
  readonly aggs?: object;
}

type Said = Pick<SearchConfig, 'size' | 'from' | 'timeout' | 'sort' | 'routing'>;

/**
 * By parameters, or as a body where a file says a part of it. What the command line says wins over the file, and what it does not say is as
 * the file has it.
 * @throws CommandFailure for a sort beside a file
 */
export function searchRequest(said: Said, index: string, query: string, { body, aggs }: SearchFiles): ClientRequest {
  const { size, from, timeout, sort, routing } = said;
  const path = `/v1/indexes/${encodeURIComponent(index)}/search`;
  if (body === undefined && aggs === undefined) {
    const parameters = { q: query === '' ? undefined : query, size, from, sort, timeout, routing };
    return { method: 'GET', path: withParameters(path, parameters) };
  }
  if (sort !== undefined) throw new CommandFailure('--sort goes with a query alone: say "sort" in the file of --body');
  const whole = {
    ...body,
    ...(size === undefined ? {} : { size }),
    ...(from === undefined ? {} : { from }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(aggs === undefined ? {} : { aggs }),
    ...(query === '' ? {} : { query: { query_string: { query } } }),
  };
  return { method: 'POST', path: withParameters(path, { routing }), body: JSON.stringify(whole) };
}

function withParameters(path: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const present = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return present.length === 0 ? path : `${path}?${new URLSearchParams(present).toString()}`;
}
