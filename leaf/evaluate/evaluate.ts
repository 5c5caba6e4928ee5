import { shouldMatchMin } from '../../shared/query/query.ts';
import type { Query } from '../../shared/query/query.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Segment } from '../segment/open.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import { AtLeast } from './at-least.ts';
import { BitsetIterator } from './bitset-iterator.ts';
import { ExistsScan } from './column-scans.ts';
import { Exclusion, Intersection, LiveOnly, Scored, Union } from './combine.ts';
import { DisjunctionMax } from './disjunction-max.ts';
import { AllIterator, EmptyIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import { fuzzyClause, wildcardClause } from './expanded-clauses.ts';
import { iterateSet } from './document-set.ts';
import type { DocumentSet } from './document-set.ts';
import { gatheredOf } from './gathered.ts';
import type { NearDocuments } from './near-documents.ts';
import { NearIterator, nearScoring } from './near-iterator.ts';

import { numberRangeClause, numbersClause } from './number-clauses.ts';
import { Boosted, ConstantScore } from './rescored.ts';
import { SortedDocuments } from './sorted-documents.ts';
import { phraseClause } from './phrase-clause.ts';
import { keywordsClause, rangeClause, termClause, termField } from './term-clauses.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/**
 * The live documents of a segment that match a query. A field that the segment does not have has no values.
 *
 * Cost: a lookup a term, and a pass over the postings of `prefix`, `keywordRange` and `keywords` with several terms;
 * the rest is paid as the iterator moves.
 *
 * @param scoring null where scores are not needed: `score()` then means nothing
 */
export function evaluate(live: LiveSegment, query: Query, scoring: ScoringContext | null): DocumentIterator {
  const iterator = clause(live.segment, query, scoring);
  return live.deleted === null ? iterator : new LiveOnly(iterator, live.deleted);
}

/** A clause of a query, deleted documents included. What was gathered for it is used. */
export function clause(segment: Segment, query: Query, scoring: ScoringContext | null): DocumentIterator {
  const gathered = gatheredOf(segment, query);
  if (gathered === undefined) return clauseAtOnce(segment, query, scoring);
  if (gathered === null) return new EmptyIterator();
  if (query.kind === 'fuzzy' && scoring !== null) return nearClause(segment, query, scoring, gathered);
  return iterateSet('kind' in gathered ? gathered : gathered.set, segment.documents, 1);
}

function nearClause(
  segment: Segment,
  query: QueryOf<'fuzzy'>,
  scoring: ScoringContext,
  gathered: DocumentSet | NearDocuments,
): DocumentIterator {
  const field = termField(segment, query.field);
  // Gathered where no scores were needed: how often the documents hold the word is not known.
  if (field === null || 'kind' in gathered) return fuzzyClause(segment, query, scoring);
  return new NearIterator(gathered, segment, nearScoring(field, query, scoring));
}

function clauseAtOnce(segment: Segment, query: Query, scoring: ScoringContext | null): DocumentIterator {
  switch (query.kind) {
    case 'all':
      return new AllIterator(segment.documents, 1);
    case 'none':
      return new EmptyIterator();
    case 'term':
      return termClause(segment, query, scoring);
    case 'keywords':
      return keywordsClause(segment, query, 1);
    case 'numbers':
      return numbersClause(segment, query, 1);
    case 'numberRange':
      return numberRangeClause(segment, query, 1);
    case 'keywordRange':
    case 'prefix':
      return rangeClause(segment, query, 1);
    case 'wildcard':
      return wildcardClause(segment, query, 1);
    case 'fuzzy':
      return fuzzyClause(segment, query, scoring);
    case 'phrase':
      return phraseClause(segment, query, scoring);
    case 'exists':
      return existsClause(segment, query);
    case 'ids':
      return idsClause(segment, query);
    case 'bool':
      return boolClause(segment, query, scoring);
    case 'boosted': {
      const inner = clause(segment, query.query, scoring);
      return scoring === null ? inner : new Boosted(inner, query.boost);
    }
    case 'constantScore':
      return new ConstantScore(clause(segment, query.query, null), query.score);
    case 'disMax':
      return disMaxClause(segment, query, scoring);
  }
}

function existsClause(segment: Segment, query: QueryOf<'exists'>): DocumentIterator {
  const field = segment.fieldsByName.get(query.field);
  if (field === undefined) return new EmptyIterator();
  return field.kind === 'text'
    ? new BitsetIterator(field.presence, segment.documents, 1)
    : new ExistsScan(field.column.starts, 1);
}

function idsClause(segment: Segment, query: QueryOf<'ids'>): DocumentIterator {
  const docIds = new Set(query.keys.map((key) => segment.keys.docIdOfKey(key)));
  docIds.delete(-1);
  return new SortedDocuments(Uint32Array.from(docIds).sort(), 1);
}

function boolClause(segment: Segment, query: QueryOf<'bool'>, scoring: ScoringContext | null): DocumentIterator {
  const must = query.must.map((child) => clause(segment, child, scoring));
  const filter = query.filter.map((child) => clause(segment, child, null));
  const required = [...must, ...filter];
  const minimum = shouldMatchMin(query);
  const needsShould = minimum > 0 || scoring !== null;
  const should = needsShould ? query.should.map((child) => clause(segment, child, scoring)) : [];
  const included = include(segment, { must, required, should, minimum, scored: scoring !== null });
  if (query.mustNot.length === 0) return included;
  const excluded = query.mustNot.map((child) => clause(segment, child, null));
  return new Exclusion(included, excluded.length === 1 ? excluded[0]! : new Union(excluded));
}

/** @param minimum at least 1 */
function atLeast(clauses: readonly DocumentIterator[], minimum: number): DocumentIterator {
  if (minimum > clauses.length) return new EmptyIterator();
  if (minimum > 1) return new AtLeast(clauses, minimum);
  return clauses.length === 1 ? clauses[0]! : new Union(clauses);
}

function disMaxClause(
  segment: Segment,
  { queries, tieBreaker }: QueryOf<'disMax'>,
  scoring: ScoringContext | null,
): DocumentIterator {
  const clauses = queries.map((child) => clause(segment, child, scoring));
  return clauses.length === 0 ? new EmptyIterator() : new DisjunctionMax(clauses, tieBreaker);
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
