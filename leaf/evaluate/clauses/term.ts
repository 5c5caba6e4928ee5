import type { QueryOf } from '../../../shared/query/query.ts';
import { defaultBm25 } from '../../../shared/ranking/bm25-parameters.ts';
import { keywordScore } from '../../../shared/ranking/bm25.ts';
import { PostingBlocks } from '../../postings/posting-blocks.ts';
import { lengthNorms, termWeight, type ScoringContext } from '../../score/scoring.ts';
import type { TextField } from '../../segment/layouts/text-layout.ts';
import { acceptOf, liveMin } from '../accept.ts';
import { BoundedTerm } from '../bounded-term.ts';
import type { ClauseKind, ClauseScope, Explainer } from '../clause-kind.ts';
import { bm25Explanation, normExplanation, part, weightExplanation } from '../explain-bm25.ts';
import { EmptyIterator, type DocumentIterator } from '../iterator.ts';
import { PostingIterator } from '../posting-iterator.ts';
import { pruneConstant } from '../pruned-constant.ts';
import type { Prunable } from '../pruned-search.ts';
import { PrunedTerm } from '../pruned-term.ts';
import { fieldOf, termFieldOf } from '../../segment/fields-of.ts';
import type { Segment } from '../../segment/open.ts';
import { TextTermIterator, type TermScoring } from '../term-iterator.ts';

type TermQuery = QueryOf<'term'>;

export const term: ClauseKind<TermQuery> = {
  iterate,
  explain,
  prune,
  boundedTerm,
  mayMatch,
  isWeighed: true,
  isCacheable: false,
};

function iterate({ segment }: ClauseScope, query: TermQuery, scoring: ScoringContext | null): DocumentIterator {
  const field = termFieldOf(segment, query.field);
  const place = field?.dictionary.locate(query.term) ?? null;
  if (field === null || place === null) return new EmptyIterator();
  const list = new PostingBlocks(field.postings, place);
  if (scoring === null) return new PostingIterator(list, 0);
  const weight = termWeight(scoring, query.field, query.term);
  if (field.kind === 'keyword') return new PostingIterator(list, keywordScore(weight));
  return new TextTermIterator(list, scoringOf(field, query, scoring));
}

function mayMatch(segment: Segment, { field, term: own }: TermQuery): boolean {
  return (termFieldOf(segment, field)?.dictionary.locate(own) ?? null) !== null;
}

function scoringOf(field: TextField, { field: name, term: own }: TermQuery, scoring: ScoringContext): TermScoring {
  const norms = lengthNorms(scoring, name);
  return { lengthCodes: field.lengthCodes, norms, weight: termWeight(scoring, name, own) };
}

function boundedTerm({ segment }: ClauseScope, query: TermQuery, scoring: ScoringContext): BoundedTerm | 'none' | null {
  const field = segment.fieldsByName.get(query.field);
  if (field === undefined) return 'none';
  if (field.kind !== 'text') return null;
  const place = field.dictionary.locate(query.term);
  return place === null
    ? 'none'
    : new BoundedTerm(new PostingBlocks(field.postings, place), scoringOf(field, query, scoring));
}

function prune(scope: ClauseScope, query: TermQuery, scoring: ScoringContext): Prunable | null {
  const bounded = boundedTerm(scope, query, scoring);
  if (bounded === 'none') return null;
  if (bounded === null) return pruneConstant(scope, query, scoring);
  const search = new PrunedTerm(bounded, acceptOf(scope));
  return { search, matchesMin: liveMin(scope.live, bounded), exact: scope.live.deleted === null, countsApart: true };
}

function explain(scope: ClauseScope, query: TermQuery, scoring: ScoringContext): Explainer {
  const iterator = iterate(scope, query, scoring);
  const field = fieldOf(scope.segment, query.field, 'text');
  const name = `${query.field}:${query.term}`;
  const weight = weightExplanation(scoring, query);
  return (docId) => {
    if (iterator.advance(docId, docId + 1) !== docId) return null;
    if (field === null || !(iterator instanceof TextTermIterator)) {
      const description = `keyword ${name}: idf / (1 + k1)`;
      return { value: keywordScore(weight.value), description, details: [weight, part(defaultBm25.k1, 'k1')] };
    }
    const frequency = part(iterator.frequency, 'frequency: occurrences of the term in the field');
    return bm25Explanation(`term ${name}`, weight, frequency, normExplanation(scoring, query.field, field, docId));
  };
}
