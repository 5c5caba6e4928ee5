import { shouldMatchMin } from '../../shared/query/query.ts';
import type { Query } from '../../shared/query/query.ts';
import { hasBit } from '../columns/bitset.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import type { BoundedTerm } from './bounded-term.ts';
import { clause } from './evaluate.ts';
import type { DocumentIterator } from './iterator.ts';
import { phraseTerms } from './phrase-clause.ts';
import { PrunedIntersection } from './pruned-intersection.ts';
import type { Accept, PrunedSearch } from './pruned-search.ts';
import { PrunedPhrase } from './pruned-phrase.ts';
import { PrunedTerm } from './pruned-term.ts';
import { PrunedUnion, prunedTermsMax } from './pruned-union.ts';
import { boundedTerm } from './term-clauses.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/** A query whose best documents can be found without looking at all, and what is known of how many there are. */
export interface Prunable {
  readonly search: PrunedSearch;
  /** At least so many live documents match. */
  readonly matchesMin: number;
  /** Whether that is exactly how many. */
  readonly exact: boolean;
}

/**
 * How to find the best documents of a query in a segment by bounds, or null where only the plain way leads there.
 *
 * It can be done for a term of a text, for a phrase word by word, for any or all of several terms, and for all of them with filters and exclusions.
 */
export function prune(live: LiveSegment, query: Query, scoring: ScoringContext): Prunable | null {
  if (query.kind === 'term') return pruneTerm(live, query, scoring);
  if (query.kind === 'phrase') return prunePhrase(live, query, scoring);
  if (query.kind !== 'bool') return null;
  const { must, should, filter } = query;
  if (shouldMatchMin(query) > (must.length === 0 ? 1 : 0)) return null;
  if (must.length > 0 && should.length === 0) return pruneAll(live, query, scoring);
  if (must.length + filter.length === 0 && should.length > 0) return pruneAny(live, query, scoring);
  return null;
}

function pruneTerm(live: LiveSegment, query: QueryOf<'term'>, scoring: ScoringContext): Prunable | null {
  const term = boundedTerm(live.segment, query, scoring);
  if (term === null || term === 'none') return null;
  const search = new PrunedTerm(term, acceptOf(live, [], []));
  return { search, matchesMin: liveMin(live, term), exact: live.deleted === null };
}

function prunePhrase(live: LiveSegment, query: QueryOf<'phrase'>, scoring: ScoringContext): Prunable | null {
  const field = live.segment.fieldsByName.get(query.field);
  const terms = field?.kind === 'text' ? phraseTerms(field, query, scoring) : null;
  if (field?.kind !== 'text' || terms === null || terms === 'none') return null;
  return { search: new PrunedPhrase(field, terms, acceptOf(live, [], [])), matchesMin: 0, exact: false };
}

function pruneAll(live: LiveSegment, query: QueryOf<'bool'>, scoring: ScoringContext): Prunable | null {
  const terms = termsOf(live, query.must, scoring);
  if (terms === null || terms.length < query.must.length) return null;
  const accept = acceptOf(live, query.filter, query.mustNot);
  return { search: new PrunedIntersection(terms, accept), matchesMin: 0, exact: false };
}

function pruneAny(live: LiveSegment, query: QueryOf<'bool'>, scoring: ScoringContext): Prunable | null {
  const terms = termsOf(live, query.should, scoring);
  if (terms === null || terms.length === 0) return null;
  const accept = acceptOf(live, [], query.mustNot);
  // Deletions can be asked about in any order, clauses cannot.
  const seeding = query.mustNot.length > 0 ? null : { again: () => termsOf(live, query.should, scoring)!, accept };
  const matchesMin = query.mustNot.length > 0 ? 0 : Math.max(...terms.map((term) => liveMin(live, term)));
  return {
    search: new PrunedUnion(terms, { accept, seeding, documents: live.segment.documents }),
    matchesMin,
    exact: false,
  };
}

/** Of the queries, which must all be terms of texts, those that any document holds; null if they are not that, or too many. */
function termsOf(live: LiveSegment, queries: readonly Query[], scoring: ScoringContext): BoundedTerm[] | null {
  if (queries.length > prunedTermsMax) return null;
  const terms: BoundedTerm[] = [];
  for (const query of queries) {
    const term = query.kind === 'term' ? boundedTerm(live.segment, query, scoring) : null;
    if (term === null) return null;
    if (term !== 'none') terms.push(term);
  }
  return terms;
}

/** Live documents that hold a term, at least. */
function liveMin({ segment, liveCount }: LiveSegment, { list }: BoundedTerm): number {
  return Math.max(0, list.documents - (segment.documents - liveCount));
}

function acceptOf(
  { segment, deleted }: LiveSegment,
  filters: readonly Query[],
  exclusions: readonly Query[],
): Accept | null {
  if (deleted === null && filters.length + exclusions.length === 0) return null;
  const included = filters.map((filter) => clause(segment, filter, null));
  const excluded = exclusions.map((exclusion) => clause(segment, exclusion, null));
  const matches = (iterator: DocumentIterator, docId: number): boolean => iterator.advance(docId, docId + 1) === docId;
  return (docId) =>
    !(deleted !== null && hasBit(deleted, docId)) &&
    included.every((iterator) => matches(iterator, docId)) &&
    !excluded.some((iterator) => matches(iterator, docId));
}
