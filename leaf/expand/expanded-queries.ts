import type { Query } from '../../shared/query/query.ts';
import type { ExpandedQuery } from './expand.ts';

/** The clauses of a query that stand for terms which have to be looked for among all of a field. */
export function expandedQueries(query: Query): ExpandedQuery[] {
  const { kind } = query;
  if (kind === 'wildcard' || kind === 'fuzzy') return [query];
  if (kind === 'disMax') return query.queries.flatMap(expandedQueries);
  if (kind === 'boosted' || kind === 'constantScore') return expandedQueries(query.query);
  if (kind !== 'bool') return [];
  return [...query.must, ...query.should, ...query.filter, ...query.mustNot].flatMap(expandedQueries);
}
