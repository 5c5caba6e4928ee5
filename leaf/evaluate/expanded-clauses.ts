/** Clauses that stand for many terms of a text or keyword field of one segment, at once: the plain twin of gather.ts. */
import type { Query } from '../../shared/query/query.ts';
import { atOnce } from '../schedule/steps.ts';
import { expandFuzzy, expandWildcard } from '../expand/expand.ts';
import type { ScoringContext } from '../score/scoring.ts';
import type { Segment } from '../segment/open.ts';
import { EmptyIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import { occurrencesNear } from './near-documents.ts';
import { NearIterator, nearScoring } from './near-iterator.ts';
import { termField, unionOfTerms } from './term-clauses.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/** @param weight score of every match */
export function wildcardClause(segment: Segment, query: QueryOf<'wildcard'>, weight: number): DocumentIterator {
  const field = termField(segment, query.field);
  if (field === null) return new EmptyIterator();
  return unionOfTerms(segment, field, expandWildcard(field.dictionary, query), weight);
}

export function fuzzyClause(
  segment: Segment,
  query: QueryOf<'fuzzy'>,
  scoring: ScoringContext | null,
): DocumentIterator {
  const field = termField(segment, query.field);
  if (field === null) return new EmptyIterator();
  if (scoring === null) return unionOfTerms(segment, field, expandFuzzy(field.dictionary, query).flat(), 0);
  const near = atOnce(occurrencesNear(segment, query));
  return near === null ? new EmptyIterator() : new NearIterator(near, segment, nearScoring(field, query, scoring));
}
