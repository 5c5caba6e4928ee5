import type { QueryOf } from '../../../shared/query/query.ts';
import type { Dictionary } from '../../dictionary/dictionary.ts';
import { OrdinalSet } from '../../expand/ordinal-set.ts';
import type { Steps } from '../../schedule/steps.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { findingCost, Work } from '../expansion-work.ts';
import { multiTerm } from '../multi-term.ts';

export const keywords: ClauseKind<QueryOf<'keywords'>> = multiTerm(findTerms);

function* findTerms(dictionary: Dictionary, { terms }: QueryOf<'keywords'>): Steps<OrdinalSet> {
  const found: number[] = [];
  const work = new Work();
  for (const term of terms) {
    const ordinal = dictionary.find(term);
    if (ordinal >= 0) found.push(ordinal);
    if (work.adds(findingCost)) yield work.take();
  }
  yield work.take();
  return inOrder(found, dictionary.size);
}

/** Each once. */
function inOrder(found: number[], size: number): OrdinalSet {
  const ordinals = new OrdinalSet(0, size);
  let last = -1;
  for (const ordinal of found.sort((a, b) => a - b)) {
    if (ordinal !== last) ordinals.add(ordinal);
    last = ordinal;
  }
  return ordinals;
}
