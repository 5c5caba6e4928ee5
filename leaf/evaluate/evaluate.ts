import type { Query } from '../../shared/query/query.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Segment } from '../segment/open.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import { BitsetIterator } from './bitset-iterator.ts';
import { ExistsScan } from './column-scans.ts';
import { Exclusion, Intersection, LiveOnly, Scored, Union } from './combine.ts';
import { AllIterator, EmptyIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import { numberRangeClause, numbersClause } from './number-clauses.ts';
import { SortedDocuments } from './sorted-documents.ts';
import { keywordRangeClause, keywordsClause, prefixClause, termClause } from './term-clauses.ts';

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

function clause(segment: Segment, query: Query, scoring: ScoringContext | null): DocumentIterator {
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
      return keywordRangeClause(segment, query, 1);
    case 'prefix':
      return prefixClause(segment, query, 1);
    case 'exists':
      return existsClause(segment, query);
    case 'ids':
      return idsClause(segment, query);
    case 'bool':
      return boolClause(segment, query, scoring);
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
  const needsShould = required.length === 0 || scoring !== null;
  const should = needsShould ? query.should.map((child) => clause(segment, child, scoring)) : [];
  const included = include(segment, { must, required, should, scored: scoring !== null });
  if (query.mustNot.length === 0) return included;
  const excluded = query.mustNot.map((child) => clause(segment, child, null));
  return new Exclusion(included, excluded.length === 1 ? excluded[0]! : new Union(excluded));
}

interface Clauses {
  readonly must: readonly DocumentIterator[];
  /** `must` and `filter`. */
  readonly required: readonly DocumentIterator[];
  readonly should: readonly DocumentIterator[];
  readonly scored: boolean;
}

function include(segment: Segment, { must, required, should, scored }: Clauses): DocumentIterator {
  if (required.length === 0) {
    if (should.length === 0) return new AllIterator(segment.documents, 0);
    return should.length === 1 ? should[0]! : new Union(should);
  }
  const matching = required.length === 1 ? required[0]! : new Intersection(required);
  // A single `must` clause scores itself; what else matches does not score, or not that way.
  return scored && !(required.length === 1 && must.length === 1 && should.length === 0)
    ? new Scored(matching, [...must, ...should])
    : matching;
}
