import type { QueryOf } from '../../../shared/query/query.ts';
import { expandWildcard } from '../../expand/expand-wildcard.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { multiTerm } from '../multi-term.ts';

export const wildcard: ClauseKind<QueryOf<'wildcard'>> = multiTerm((dictionary, { pattern }) =>
  expandWildcard(dictionary, pattern),
);
