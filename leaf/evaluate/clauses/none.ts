import type { QueryOf } from '../../../shared/query/query.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { EmptyIterator } from '../iterator.ts';

export const none: ClauseKind<QueryOf<'none'>> = {
  iterate: () => new EmptyIterator(),
  mayMatch: () => false,
  isCacheable: false,
};
