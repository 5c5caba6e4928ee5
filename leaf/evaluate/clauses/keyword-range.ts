import type { QueryOf } from '../../../shared/query/query.ts';
import type { Dictionary } from '../../dictionary/dictionary.ts';
import { OrdinalRange, type TermOrdinals } from '../../expand/term-ordinals.ts';
import { termFieldOf } from '../../segment/fields-of.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { findingCost } from '../expansion-work.ts';
import { multiTerm } from '../multi-term.ts';

export const keywordRange: ClauseKind<QueryOf<'keywordRange'>> = {
  ...multiTerm(function* (dictionary, query: QueryOf<'keywordRange'>) {
    yield findingCost;
    return termsBetween(dictionary, query);
  }),
  mayMatch(segment, query) {
    const field = termFieldOf(segment, query.field);
    return field !== null && termsBetween(field.dictionary, query).size > 0;
  },
};

function termsBetween(dictionary: Dictionary, query: QueryOf<'keywordRange'>): TermOrdinals {
  const { low, high } = query;
  const start = low === undefined ? 0 : query.lowInclusive ? dictionary.lowerBound(low) : dictionary.upperBound(low);
  if (high === undefined) return new OrdinalRange(start, dictionary.size);
  return new OrdinalRange(start, query.highInclusive ? dictionary.upperBound(high) : dictionary.lowerBound(high));
}
