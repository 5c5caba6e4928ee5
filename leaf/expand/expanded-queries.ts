import type { Query } from '../../shared/query/query.ts';
import type { ExpandedQuery } from './expand.ts';

/** The clauses of a query that stand for terms which have to be looked for among all of a field. */
export function expandedQueries(query: Query): ExpandedQuery[] {
  switch (query.kind) {
    case 'wildcard':
    case 'fuzzy':
      return [query];
    case 'bool':
      return [...query.must, ...query.should, ...query.filter, ...query.mustNot].flatMap(expandedQueries);
    case 'disMax':
      return query.queries.flatMap(expandedQueries);
    case 'boosted':
    case 'constantScore':
      return expandedQueries(query.query);
    default:
      return [];
  }
}
