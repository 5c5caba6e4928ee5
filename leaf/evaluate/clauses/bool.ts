import { shouldMatchMin } from '../../../shared/query/clauses/bool.ts';
import type { Query, QueryOf } from '../../../shared/query/query.ts';
import type { ScoringContext } from '../../score/scoring.ts';
import type { Segment } from '../../segment/open.ts';
import { acceptOf, liveMin } from '../accept.ts';
import { AtLeast } from '../at-least.ts';
import type { BoundedTerm } from '../bounded-term.ts';
import type { ClauseKind, ClauseScope, Explainer } from '../clause-kind.ts';
import { Exclusion, Intersection, Scored, Union } from '../combine.ts';
import { explainAll, sumOf } from '../explain-parts.ts';
import { AllIterator, EmptyIterator, type DocumentIterator } from '../iterator.ts';
import { PrunedIntersection } from '../pruned-intersection.ts';
import { pruneConstant } from '../pruned-constant.ts';
import type { Prunable } from '../pruned-search.ts';
import { PrunedUnion, prunedTermsMax } from '../pruned-union.ts';

type BoolQuery = QueryOf<'bool'>;

export const bool: ClauseKind<BoolQuery> = { iterate, explain, prune, mayMatch };

function iterate(scope: ClauseScope, query: BoolQuery, scoring: ScoringContext | null): DocumentIterator {
  const must = query.must.map((child) => scope.iterate(child, scoring));
  const filter = query.filter.map((child) => scope.iterate(child, null));
  const required = [...must, ...filter];
  const minimum = shouldMatchMin(query);
  const needsShould = minimum > 0 || scoring !== null;
  const should = needsShould ? query.should.map((child) => scope.iterate(child, scoring)) : [];
  const included = include(scope.segment, { must, required, should, minimum, scored: scoring !== null });
  if (query.mustNot.length === 0) return included;
  const excluded = query.mustNot.map((child) => scope.iterate(child, null));
  return new Exclusion(included, excluded.length === 1 ? excluded[0]! : new Union(excluded));
}

/** What must not match excludes documents, and never all that are known of. */
function mayMatch(_segment: Segment, query: BoolQuery, inner: (query: Query) => boolean): boolean {
  if (![...query.must, ...query.filter].every(inner)) return false;
  const minimum = shouldMatchMin(query);
  return minimum === 0 || query.should.filter(inner).length >= minimum;
}

interface Clauses {
  readonly must: readonly DocumentIterator[];
  /** `must` and `filter`. */
  readonly required: readonly DocumentIterator[];
  readonly should: readonly DocumentIterator[];
  /** How many of `should` have to match. */
  readonly minimum: number;
  readonly scored: boolean;
}

function include(segment: Segment, { must, required, should, minimum, scored }: Clauses): DocumentIterator {
  const chosen = minimum === 0 ? null : atLeast(should, minimum);
  if (required.length === 0) return chosen ?? new AllIterator(segment.documents, 0);
  const all = chosen === null ? required : [...required, chosen];
  const matching = all.length === 1 ? all[0]! : new Intersection(all);
  // A single `must` clause scores itself; what else matches does not score, or not that way.
  return scored && !(all.length === 1 && must.length === 1 && should.length === 0)
    ? new Scored(matching, [...must, ...should])
    : matching;
}

/** @param minimum at least 1 */
function atLeast(clauses: readonly DocumentIterator[], minimum: number): DocumentIterator {
  if (minimum > clauses.length) return new EmptyIterator();
  if (minimum > 1) return new AtLeast(clauses, minimum);
  return clauses.length === 1 ? clauses[0]! : new Union(clauses);
}

function explain(scope: ClauseScope, query: BoolQuery, scoring: ScoringContext): Explainer {
  const matching = scope.iterate(query, null);
  const scored = [...query.must, ...query.should].map((child) => scope.explain(child, scoring));
  return (docId) => {
    if (matching.advance(docId, docId + 1) !== docId) return null;
    const details = explainAll(scored, docId);
    if (details.length === 0) return { value: 0, description: 'bool, of which no clause that matches scores' };
    return { value: sumOf(details), description: 'bool: the sum of the clauses that match', details };
  };
}

/** Any or all of several terms of texts; all of them with filters, exclusions and terms that may be missing, too. */
function prune(scope: ClauseScope, query: BoolQuery, scoring: ScoringContext): Prunable | null {
  const { must, should, filter } = query;
  if (shouldMatchMin(query) > (must.length === 0 ? 1 : 0)) return null;
  if (must.length + should.length === 0) return pruneConstant(scope, query, scoring);
  if (must.length > 0) return pruneAll(scope, query, scoring);
  if (must.length + filter.length === 0 && should.length > 0) return pruneAny(scope, query, scoring);
  return null;
}

function pruneAll(scope: ClauseScope, query: BoolQuery, scoring: ScoringContext): Prunable | null {
  const { must, should, filter, mustNot } = query;
  if (must.length + should.length > prunedTermsMax) return null;
  const required = boundedTerms(scope, must, scoring);
  if (required === null || required.length < must.length) return null;
  const optional = boundedTerms(scope, should, scoring);
  if (optional === null) return null;
  const { live } = scope;
  const accept = acceptOf(scope, filter, mustNot);
  const search = new PrunedIntersection([...required, ...optional], required.length, accept);
  // What holds one term is known without looking.
  const isKnown = required.length === 1 && filter.length + mustNot.length === 0;
  return {
    search,
    matchesMin: isKnown ? liveMin(live, required[0]!) : 0,
    exact: isKnown && live.deleted === null,
    // Of several terms the matches are few, and found by the same steps twice.
    countsApart: required.length === 1,
  };
}

function pruneAny(scope: ClauseScope, query: BoolQuery, scoring: ScoringContext): Prunable | null {
  const terms = boundedTerms(scope, query.should, scoring);
  if (terms === null || terms.length === 0) return null;
  const { live } = scope;
  const accept = acceptOf(scope, [], query.mustNot);
  // Deletions can be asked about in any order, clauses cannot.
  const seeding =
    query.mustNot.length > 0 ? null : { again: () => boundedTerms(scope, query.should, scoring)!, accept };
  const matchesMin = query.mustNot.length > 0 ? 0 : Math.max(...terms.map((term) => liveMin(live, term)));
  return {
    search: new PrunedUnion(terms, { accept, seeding, documents: live.segment.documents }),
    matchesMin,
    exact: false,
    countsApart: query.mustNot.length === 0,
  };
}

/** Of the queries, which must all be terms of texts, those that any document holds; null if they are not that, or too many. */
function boundedTerms(scope: ClauseScope, queries: readonly Query[], scoring: ScoringContext): BoundedTerm[] | null {
  if (queries.length > prunedTermsMax) return null;
  const terms: BoundedTerm[] = [];
  for (const query of queries) {
    const term = scope.boundedTerm(query, scoring);
    if (term === null) return null;
    if (term !== 'none') terms.push(term);
  }
  return terms;
}
