import type { QueryOf } from '../../../shared/query/query.ts';
import { OrdinalRange } from '../../expand/term-ordinals.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { findingCost } from '../expansion-work.ts';
import { multiTerm } from '../multi-term.ts';

export const prefix: ClauseKind<QueryOf<'prefix'>> = multiTerm(function* (dictionary, query) {
  yield findingCost;
  const { start, end } = dictionary.prefixRange(query.prefix);
  return new OrdinalRange(start, end);
});
