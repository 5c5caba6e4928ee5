import { automatonOf } from '../../../shared/query/clauses/regexp.ts';
import type { QueryOf } from '../../../shared/query/query.ts';
import { expandRegexp } from '../../expand/expand-regexp.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { multiTerm } from '../multi-term.ts';

export const regexp: ClauseKind<QueryOf<'regexp'>> = multiTerm((dictionary, query) =>
  expandRegexp(dictionary, automatonOf(query)),
);
