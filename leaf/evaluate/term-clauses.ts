/** Clauses on the terms of a text or keyword field of one segment. */
import { lengthNorms, termWeight } from '../score/scoring.ts';
import type { ScoringContext } from '../score/scoring.ts';
import { keywordScore } from '../../shared/ranking/bm25.ts';
import type { Query } from '../../shared/query/query.ts';
import { makeBitset, setBit } from '../columns/bitset.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import type { KeywordField, Segment, TextField } from '../segment/open.ts';
import { BitsetIterator } from './bitset-iterator.ts';
import { EmptyIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import { PostingIterator } from './posting-iterator.ts';
import { TextTermIterator } from './term-iterator.ts';
import type { TermScoring } from './term-iterator.ts';
import { BoundedTerm } from './bounded-term.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/** The field if the segment has it and it has terms. */
export function termField(segment: Segment, name: string): TextField | KeywordField | null {
  const field = segment.fieldsByName.get(name);
  return field === undefined || field.kind === 'number' ? null : field;
}

/** @param scoring null where scores are not needed */
export function termClause(segment: Segment, query: QueryOf<'term'>, scoring: ScoringContext | null): DocumentIterator {
  const field = termField(segment, query.field);
  const place = field?.dictionary.locate(query.term) ?? null;
  if (field === null || place === null) return new EmptyIterator();
  const list = new PostingBlocks(field.postings, place);
  if (scoring === null) return new PostingIterator(list, 0);
  const weight = termWeight(scoring, query.field, query.term);
  if (field.kind === 'keyword') return new PostingIterator(list, keywordScore(weight));
  return new TextTermIterator(list, scoringOf(field, query, scoring));
}

function scoringOf(field: TextField, { field: name, term }: QueryOf<'term'>, scoring: ScoringContext): TermScoring {
  const norms = lengthNorms(scoring, name);
  return { lengthCodes: field.lengthCodes, norms, weight: termWeight(scoring, name, term) };
}

/** The same with bounds for a term of a text; `none` where nothing matches, null for a field of another kind. */
export function boundedTerm(
  segment: Segment,
  query: QueryOf<'term'>,
  scoring: ScoringContext,
): BoundedTerm | 'none' | null {
  const field = segment.fieldsByName.get(query.field);
  if (field === undefined) return 'none';
  if (field.kind !== 'text') return null;
  const place = field.dictionary.locate(query.term);
  return place === null
    ? 'none'
    : new BoundedTerm(new PostingBlocks(field.postings, place), scoringOf(field, query, scoring));
}

/** @param weight score of every match */
export function keywordsClause(segment: Segment, query: QueryOf<'keywords'>, weight: number): DocumentIterator {
  const field = termField(segment, query.field);
  if (field === null) return new EmptyIterator();
  const ordinals = query.terms.map((term) => field.dictionary.find(term)).filter((ordinal) => ordinal >= 0);
  return unionOfTerms(segment, field, [...new Set(ordinals)], weight);
}

/** Terms that begin so, or from one bound to another. @param weight score of every match */
export function rangeClause(
  segment: Segment,
  query: QueryOf<'prefix' | 'keywordRange'>,
  weight: number,
): DocumentIterator {
  const field = termField(segment, query.field);
  if (field === null) return new EmptyIterator();
  return unionOfRange(segment, field, ordinalRange(field.dictionary, query), weight);
}

/** The terms meant: ordinals from `start` up to but not including `end`, which may be less. */
export function ordinalRange(
  dictionary: Dictionary,
  query: QueryOf<'prefix' | 'keywordRange'>,
): { start: number; end: number } {
  if (query.kind === 'prefix') return dictionary.prefixRange(query.prefix);
  const { low, high } = query;
  const start = low === undefined ? 0 : query.lowInclusive ? dictionary.lowerBound(low) : dictionary.upperBound(low);
  const end =
    high === undefined
      ? dictionary.size
      : query.highInclusive
        ? dictionary.upperBound(high)
        : dictionary.lowerBound(high);
  return { start, end };
}

/** The documents of several terms: a set, unless one list is all of it. Cost: their postings. */
export function unionOfTerms(
  segment: Segment,
  field: TextField | KeywordField,
  ordinals: readonly number[],
  weight: number,
): DocumentIterator {
  if (ordinals.length === 0) return new EmptyIterator();
  const lists = ordinals.map((ordinal) => new PostingBlocks(field.postings, field.dictionary.cursorAt(ordinal)));
  if (lists.length === 1) return new PostingIterator(lists[0]!, weight);
  const words = makeBitset(segment.documents);
  for (const list of lists) addAll(words, list);
  return new BitsetIterator(words, segment.documents, weight);
}

/** The same for neighbouring terms. */
function unionOfRange(
  segment: Segment,
  field: TextField | KeywordField,
  { start, end }: { start: number; end: number },
  weight: number,
): DocumentIterator {
  if (end - start <= 1) return unionOfTerms(segment, field, start < end ? [start] : [], weight);
  const words = makeBitset(segment.documents);
  const cursor = field.dictionary.cursorAt(start);
  for (let ordinal = start; ordinal < end; ordinal++) {
    addAll(words, new PostingBlocks(field.postings, cursor));
    cursor.next();
  }
  return new BitsetIterator(words, segment.documents, weight);
}

function addAll(words: Uint32Array, list: PostingBlocks): void {
  for (let block = 0; block < list.blocks; block++) {
    list.load(block);
    const { docIds, count } = list;
    for (let i = 0; i < count; i++) setBit(words, docIds[i]!);
  }
}
