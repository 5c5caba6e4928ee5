/** Clauses on the terms of a text or keyword field of one segment. */
import { bm25Average, termWeight } from '../score/scoring.ts';
import type { ScoringContext } from '../score/scoring.ts';
import { keywordScore } from '../../shared/ranking/bm25.ts';
import type { Query } from '../../shared/query/query.ts';
import { makeBitset, setBit } from '../columns/bitset.ts';
import type { Postings } from '../postings/postings.ts';
import type { KeywordField, Segment, TextField } from '../segment/open.ts';
import { BitsetIterator } from './bitset-iterator.ts';
import { EmptyIterator } from './iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import { SortedDocuments } from './sorted-documents.ts';
import { TextTermIterator } from './term-iterator.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/** The field if the segment has it and it has terms. */
function termField(segment: Segment, name: string): TextField | KeywordField | null {
  const field = segment.fieldsByName.get(name);
  return field === undefined || field.kind === 'number' ? null : field;
}

function docIdsOf(postings: Postings, ordinal: number): Uint32Array {
  return postings.docIds.subarray(postings.starts[ordinal], postings.starts[ordinal + 1]);
}

/** @param scoring null where scores are not needed */
export function termClause(segment: Segment, query: QueryOf<'term'>, scoring: ScoringContext | null): DocumentIterator {
  const field = termField(segment, query.field);
  const ordinal = field === null ? -1 : field.dictionary.find(query.term);
  if (field === null || ordinal < 0) return new EmptyIterator();
  const docIds = docIdsOf(field.postings, ordinal);
  if (scoring === null) return new SortedDocuments(docIds, 0);
  const weight = termWeight(scoring, query.field, query.term);
  if (field.kind === 'keyword') return new SortedDocuments(docIds, keywordScore(weight));
  const { starts, frequencies } = field.postings;
  return new TextTermIterator(docIds, {
    frequencies: frequencies.subarray(starts[ordinal], starts[ordinal + 1]),
    lengths: field.lengths,
    weight,
    averageLength: bm25Average(scoring, query.field),
  });
}

/** @param weight score of every match */
export function keywordsClause(segment: Segment, query: QueryOf<'keywords'>, weight: number): DocumentIterator {
  const field = termField(segment, query.field);
  if (field === null) return new EmptyIterator();
  const ordinals = query.terms.map((term) => field.dictionary.find(term)).filter((ordinal) => ordinal >= 0);
  return unionOfTerms(segment, field.postings, Uint32Array.from(new Set(ordinals)), weight);
}

export function prefixClause(segment: Segment, query: QueryOf<'prefix'>, weight: number): DocumentIterator {
  const field = termField(segment, query.field);
  if (field === null) return new EmptyIterator();
  const { start, end } = field.dictionary.prefixRange(query.prefix);
  return unionOfRange(segment, field.postings, { start, end }, weight);
}

export function keywordRangeClause(segment: Segment, query: QueryOf<'keywordRange'>, weight: number): DocumentIterator {
  const field = termField(segment, query.field);
  if (field === null) return new EmptyIterator();
  const { dictionary } = field;
  const { low, high } = query;
  const start = low === undefined ? 0 : query.lowInclusive ? dictionary.lowerBound(low) : dictionary.upperBound(low);
  const end =
    high === undefined
      ? dictionary.size
      : query.highInclusive
        ? dictionary.upperBound(high)
        : dictionary.lowerBound(high);
  return unionOfRange(segment, field.postings, { start, end }, weight);
}

/** The documents of several terms: a set, unless one list is all of it. Cost: their postings. */
function unionOfTerms(segment: Segment, postings: Postings, ordinals: Uint32Array, weight: number): DocumentIterator {
  if (ordinals.length === 0) return new EmptyIterator();
  if (ordinals.length === 1) return new SortedDocuments(docIdsOf(postings, ordinals[0]!), weight);
  const words = makeBitset(segment.documents);
  for (const ordinal of ordinals)
    addAll(words, postings.docIds, postings.starts[ordinal]!, postings.starts[ordinal + 1]!);
  return new BitsetIterator(words, segment.documents, weight);
}

/** The same for neighbouring terms, whose postings lie side by side. */
function unionOfRange(
  segment: Segment,
  postings: Postings,
  range: { start: number; end: number },
  weight: number,
): DocumentIterator {
  if (range.start >= range.end) return new EmptyIterator();
  if (range.end - range.start === 1) return new SortedDocuments(docIdsOf(postings, range.start), weight);
  const words = makeBitset(segment.documents);
  addAll(words, postings.docIds, postings.starts[range.start]!, postings.starts[range.end]!);
  return new BitsetIterator(words, segment.documents, weight);
}

function addAll(words: Uint32Array, docIds: Uint32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) setBit(words, docIds[i]!);
}
