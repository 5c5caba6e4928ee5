/** The option `boost`, which every clause has. */
import type { Properties } from '../../shared/json/read-object.ts';
import { numberThat } from '../../shared/json/readers.ts';
import { limits } from '../../shared/limits.ts';
import type { Query } from '../../shared/query/query.ts';

export const readBoostValue = numberThat(
  `a number from 0 to ${limits.boostMax}`,
  (value) => value >= 0 && value <= limits.boostMax,
);

/** The query with its scores multiplied. */
export function boosted(query: Query, boost: number): Query {
  return boost === 1 || query.kind === 'none' ? query : { kind: 'boosted', query, boost };
}

/** The query as its clause's options say; without options it is the query itself. */
export function withBoost<Name extends string>(query: Query, options: Properties<Name | 'boost'> | undefined): Query {
  return boosted(query, options?.optional('boost', readBoostValue, 1) ?? 1);
}
