import type { QueryOf } from '../../../shared/query/query.ts';
import type { Explanation } from '../../../shared/ranking/explanation.ts';
import type { TermPlace } from '../../dictionary/dictionary-writer.ts';
import { PostingBlocks } from '../../postings/posting-blocks.ts';
import { lengthNorms, termWeight, type ScoringContext } from '../../score/scoring.ts';
import { fieldOf } from '../../segment/fields-of.ts';
import type { TextField } from '../../segment/layouts/text-layout.ts';
import { acceptOf } from '../accept.ts';
import { BoundedTerm } from '../bounded-term.ts';
import type { ClauseKind, ClauseScope, Explainer } from '../clause-kind.ts';
import { bm25Explanation, normExplanation, part, weightExplanation } from '../explain-bm25.ts';
import { EmptyIterator, type DocumentIterator } from '../iterator.ts';
import { PhraseIterator } from '../phrase-iterator.ts';
import { PhraseSlot } from '../phrase-slot.ts';
import { PrunedPhrase, type PhraseTerm } from '../pruned-phrase.ts';
import type { Prunable } from '../pruned-search.ts';
import type { TermScoring } from '../term-iterator.ts';

type PhraseQuery = QueryOf<'phrase'>;

export const phrase: ClauseKind<PhraseQuery> = { iterate, explain, prune, isWeighed: true };

/** The terms of each slot, each once. */
function slotTerms({ terms }: PhraseQuery): string[][] {
  return terms.map((slot) => [...new Set(typeof slot === 'string' ? [slot] : slot)]);
}

function iterate({ segment }: ClauseScope, query: PhraseQuery, scoring: ScoringContext | null): DocumentIterator {
  const field = fieldOf(segment, query.field, 'text');
  if (field === null || query.terms.length === 0) return new EmptyIterator();
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

function prune(scope: ClauseScope, query: PhraseQuery, scoring: ScoringContext): Prunable | null {
  const field = fieldOf(scope.segment, query.field, 'text');
  if (field === null) return null;
  const terms = phraseTerms(field, query, scoring);
  if (terms === null) return null;
  return { search: new PrunedPhrase(field, terms, acceptOf(scope)), matchesMin: 0, exact: false, countsApart: false };
}

/**
 * The terms of a phrase with bounds, where all its slots have one term and it allows no slop; null where it is not that
 * simple, or a term is nowhere.
 */
function phraseTerms(field: TextField, query: PhraseQuery, scoring: ScoringContext): PhraseTerm[] | null {
  const terms = slotTerms(query);
  if (query.slop > 0 || terms.length === 0 || terms.some((slot) => slot.length > 1)) return null;
  const own = scoringOf(field, query, scoring);
  const found: PhraseTerm[] = [];
  for (const [i, slot] of terms.entries()) {
    const [place] = placesOf(field, slot);
    if (place === undefined) return null;
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

function explain(scope: ClauseScope, query: PhraseQuery, scoring: ScoringContext): Explainer {
  const iterator = iterate(scope, query, scoring);
  const field = fieldOf(scope.segment, query.field, 'text');
  const slots = query.terms.map((slot) => (typeof slot === 'string' ? slot : slot.join('|')));
  const name = `phrase ${query.field}:"${slots.join(' ')}"`;
  const weight = phraseWeight(query, scoring);
  return (docId) => {
    if (iterator.advance(docId, docId + 1) !== docId) return null;
    if (field === null || !(iterator instanceof PhraseIterator)) throw new Error('a phrase of no text');
    const frequency = part(iterator.frequency, 'frequency: occurrences of the phrase, sloppy ones counting less');
    return bm25Explanation(name, weight, frequency, normExplanation(scoring, query.field, field, docId));
  };
}

/** A term that stands in a slot twice counts once. */
function phraseWeight(query: PhraseQuery, scoring: ScoringContext): Explanation {
  const { field } = query;
  const details = slotTerms(query)
    .flat()
    .map((term) => weightExplanation(scoring, { field, term }));
  const value = details.reduce((sum, own) => sum + own.value, 0);
  return { value, description: 'idf of the phrase: the sum of those of its terms', details };
}
