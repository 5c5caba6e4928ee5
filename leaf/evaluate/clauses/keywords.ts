import type { QueryOf } from '../../../shared/query/query.ts';
import type { Dictionary } from '../../dictionary/dictionary.ts';
import { OrdinalSet } from '../../expand/ordinal-set.ts';
import type { Steps } from '../../schedule/steps.ts';
import { termFieldOf } from '../../segment/fields-of.ts';
import type { Segment } from '../../segment/open.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { findingCost, Work } from '../expansion-work.ts';
import { multiTerm } from '../multi-term.ts';

export const keywords: ClauseKind<QueryOf<'keywords'>> = { ...multiTerm(findTerms), mayMatch };

/** Longer lists are not worth looking up before they are searched for. */
const lookedUpMax = 64;

function mayMatch(segment: Segment, { field: name, terms }: QueryOf<'keywords'>): boolean {
  const field = termFieldOf(segment, name);
  if (field === null) return false;
  return terms.length > lookedUpMax || terms.some((term) => field.dictionary.find(term) >= 0);
}

/** Each term of a dictionary that is passed costs so much, in documents: it is read and looked up. */
const passingCost = 8;

/** What the terms of a list are looked up in, made once for all segments. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Long lists meet short dictionaries: where there are more terms in the list, the dictionary is passed through. */
export function findTerms(dictionary: Dictionary, { terms }: QueryOf<'keywords'>): Steps<OrdinalSet> {
  const isShorter = dictionary.size * passingCost < terms.length * findingCost;
  return isShorter ? passThrough(dictionary, terms) : findEach(dictionary, terms);
}

function* passThrough(dictionary: Dictionary, terms: readonly string[]): Steps<OrdinalSet> {
  let wanted = sets.get(terms);
  if (wanted === undefined) sets.set(terms, (wanted = new Set(terms)));
  const ordinals = new OrdinalSet(0, dictionary.size);
  const work = new Work();
  for (const cursor = dictionary.cursorAtStart(); cursor.next();) {
    if (wanted.has(cursor.text())) ordinals.add(cursor.ordinal);
    if (work.adds(passingCost)) yield work.take();
  }
  yield work.take();
  return ordinals;
}

function* findEach(dictionary: Dictionary, terms: readonly string[]): Steps<OrdinalSet> {
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
