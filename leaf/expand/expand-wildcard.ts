import { compileWildcard, matchesWildcard } from '../../shared/query/patterns/wildcard.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { Steps } from '../schedule/steps.ts';
import { comparedPerDocument, workPerStep } from './comparing.ts';
import { OrdinalSet } from './ordinal-set.ts';

/**
 * Ordinals of the terms that match a pattern. In steps, because there can be many terms, and a pattern can be made to take
 * long with each.
 */
export function* expandWildcard(dictionary: Dictionary, pattern: string): Steps<OrdinalSet> {
  const wildcard = compileWildcard(pattern);
  const { start, end } = dictionary.prefixRange(wildcard.prefix);
  const ordinals = new OrdinalSet(start, end);
  if (start >= end) return ordinals;
  const cursor = dictionary.cursorAt(start);
  let work = 0;
  for (let ordinal = start; ordinal < end; ordinal++, cursor.next()) {
    if (matchesWildcard(wildcard, cursor.bytes, cursor.length)) ordinals.add(ordinal);
    work += (wildcard.pieces.length * cursor.length) / comparedPerDocument;
    if (work < workPerStep) continue;
    yield work;
    work = 0;
  }
  return ordinals;
}
