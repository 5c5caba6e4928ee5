import type { Query } from '../../shared/query/query.ts';
import type { TermPlace } from '../dictionary/dictionary-writer.ts';
import { lengthNorms, termWeight } from '../score/scoring.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Segment, TextField } from '../segment/open.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import { BoundedTerm } from './bounded-term.ts';
import { EmptyIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import { PhraseIterator } from './phrase-iterator.ts';
import { PhraseSlot } from './phrase-slot.ts';
import type { PhraseTerm } from './pruned-phrase.ts';
import type { TermScoring } from './term-iterator.ts';

type PhraseQuery = Extract<Query, { kind: 'phrase' }>;

/** The terms of each slot, each once. */
function slotTerms({ terms }: PhraseQuery): string[][] {
  return terms.map((slot) => [...new Set(typeof slot === 'string' ? [slot] : slot)]);
}

/** @param scoring null where scores are not needed */
export function phraseClause(segment: Segment, query: PhraseQuery, scoring: ScoringContext | null): DocumentIterator {
  const field = segment.fieldsByName.get(query.field);
  if (field?.kind !== 'text' || query.terms.length === 0) return new EmptyIterator();
  const terms = slotTerms(query);
  const places = terms.map((slot) => placesOf(field, slot));
  if (places.some((slot) => slot.length === 0)) return new EmptyIterator();
  const slots = places.map((slot, i) => new PhraseSlot(field, slot, query.positions?.[i] ?? i));
  const names = terms.map((slot) => slot.toSorted().join('\0'));
  const options = {
    // A single slot always agrees with itself.
    slop: slots.length === 1 ? 0 : query.slop,
    same: names.map((name) => names.indexOf(name)),
    scoring: scoring === null ? null : scoringOf(field, query, scoring),
  };
  return new PhraseIterator(slots, options);
}

/**
 * The terms of a phrase with bounds, where all its slots have one term and it allows no slop; `none` where nothing
 * matches, null where it is not that simple.
 */
export function phraseTerms(
  field: TextField,
  query: PhraseQuery,
  scoring: ScoringContext,
): PhraseTerm[] | 'none' | null {
  const terms = slotTerms(query);
  if (query.slop > 0 || terms.length === 0 || terms.some((slot) => slot.length > 1)) return null;
  const own = scoringOf(field, query, scoring);
  const found: PhraseTerm[] = [];
  for (const [i, slot] of terms.entries()) {
    const [place] = placesOf(field, slot);
    if (place === undefined) return 'none';
    const term = new BoundedTerm(new PostingBlocks(field.postings, place), own);
    found.push({ term, place, offset: query.positions?.[i] ?? i });
  }
  return found;
}

function placesOf(field: TextField, terms: readonly string[]): TermPlace[] {
  return terms.map((term) => field.dictionary.locate(term)).filter((place) => place !== null);
}

/** A phrase weighs what its terms weigh together. */
function scoringOf(field: TextField, query: PhraseQuery, scoring: ScoringContext): TermScoring {
  let weight = 0;
  for (const slot of slotTerms(query)) for (const term of slot) weight += termWeight(scoring, query.field, term);
  return { lengthCodes: field.lengthCodes, norms: lengthNorms(scoring, query.field), weight };
}
