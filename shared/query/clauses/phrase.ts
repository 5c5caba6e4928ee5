import { integerWithin, readString } from '../../json/readers.ts';
import { listOf, shaped, validateNumbers, validateStrings, type Validator } from '../../json/validators.ts';
import { ownField, type ClauseDefinition } from '../clause.ts';

/**
 * Documents whose text field holds the terms one after the other; in place of a term any of several may stand. With
 * `slop` they may be apart or swapped: see leaf/evaluate/phrase-frequency.ts. Scores BM25 with the phrase's frequency,
 * the phrase weighing what its terms weigh together.
 */
export interface PhraseClause {
  readonly kind: 'phrase';
  readonly field: string;
  readonly terms: readonly (string | readonly string[])[];
  /** Where each term stands in the phrase, ascending from 0, where left-out words leave gaps; else 0, 1, 2, … */
  readonly positions?: readonly number[];
  readonly slop: number;
}

const validateSlot: Validator = (node) => (Array.isArray(node.value) ? validateStrings(node) : readString(node));
const fromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);

export const phrase: ClauseDefinition<PhraseClause> = {
  validate: shaped({ field: readString, terms: listOf(validateSlot), slop: fromZero }, { positions: validateNumbers }),
  addScoringTerms({ field, terms }, add) {
    for (const term of terms.flat()) add(field, term);
  },
  visit({ field, terms, positions, slop }, visitor) {
    const slots = terms.map((slot) => new Set(typeof slot === 'string' ? [slot] : slot));
    // A phrase of one word is that word.
    if (slots.length === 1) for (const term of slots[0]!) visitor.term(field, term);
    else if (slots.length > 1) visitor.phrase(field, { slots, places: slots.map((_, i) => positions?.[i] ?? i), slop });
  },
  fields: ownField,
};
