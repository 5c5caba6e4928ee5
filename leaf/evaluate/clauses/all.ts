import type { QueryOf } from '../../../shared/query/query.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { AllIterator } from '../iterator.ts';

export const all: ClauseKind<QueryOf<'all'>> = {
  iterate: ({ segment }) => new AllIterator(segment.documents, 1),
  isCacheable: false,
};
