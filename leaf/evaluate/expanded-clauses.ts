/** Clauses that stand for many terms of a text or keyword field of one segment, at once: the plain twin of gather.ts. */
import type { Query } from '../../shared/query/query.ts';
import { expandFuzzy, expandWildcard } from '../expand/expand.ts';
import type { Segment } from '../segment/open.ts';
import { DisjunctionMax } from './disjunction-max.ts';
import { EmptyIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import { termField, unionOfTerms } from './term-clauses.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/** @param weight score of every match @throws SheafError QUERY_TOO_MANY_TERMS */
export function wildcardClause(segment: Segment, query: QueryOf<'wildcard'>, weight: number): DocumentIterator {
  const field = termField(segment, query.field);
  if (field === null) return new EmptyIterator();
  return unionOfTerms(segment, field, expandWildcard(field.dictionary, query), weight);
}

/** @throws SheafError QUERY_TOO_MANY_TERMS */
export function fuzzyClause(segment: Segment, query: QueryOf<'fuzzy'>): DocumentIterator {
  const field = termField(segment, query.field);
  if (field === null) return new EmptyIterator();
  const byDistance = expandFuzzy(field.dictionary, query).map((ordinals, distance) => {
    return unionOfTerms(segment, field, ordinals, 1 / (1 + distance));
  });
  return new DisjunctionMax(byDistance, 0);
}
