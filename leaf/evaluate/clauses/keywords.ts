import type { QueryOf } from '../../../shared/query/query.ts';
import type { Dictionary } from '../../dictionary/dictionary.ts';
import type { TermOrdinals } from '../../expand/term-ordinals.ts';
import type { Steps } from '../../schedule/steps.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { findingCost, Work } from '../expansion-work.ts';
import { multiTerm } from '../multi-term.ts';

export const keywords: ClauseKind<QueryOf<'keywords'>> = multiTerm(findTerms);

function* findTerms(dictionary: Dictionary, { terms }: QueryOf<'keywords'>): Steps<TermOrdinals> {
  const ordinals = new Set<number>();
  const work = new Work();
  for (const term of terms) {
    const ordinal = dictionary.find(term);
    if (ordinal >= 0) ordinals.add(ordinal);
    if (work.adds(findingCost)) yield work.take();
  }
  yield work.take();
  return ordinals;
}
