/** The documents of clauses that stand for many terms of one segment, or for many keys, in steps. */
import type { Query } from '../../shared/query/query.ts';
import type { Steps } from '../schedule/steps.ts';
import { makeBitset, setBit } from '../columns/bitset.ts';
import { fuzzySteps, wildcardSteps } from '../expand/expand.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import type { KeywordField, Segment, TextField } from '../segment/open.ts';
import { documentSet } from './document-set.ts';
import type { DocumentSet } from './document-set.ts';
import { addBlock, readList, Work } from './gather-work.ts';
import { ordinalRange, termField } from './term-clauses.ts';

/** What finding a term or a key costs, in documents. */
const findingCost = 32;

/** The documents of what a misspelt word may be meant for. */
export function* documentsNear(segment: Segment, query: Extract<Query, { kind: 'fuzzy' }>): Steps<DocumentSet | null> {
  const field = termField(segment, query.field);
  if (field === null) return null;
  return yield* documentsOfTerms(segment, field, joined(yield* fuzzySteps(field.dictionary, query)));
}

type TermsQuery = Extract<Query, { kind: 'wildcard' | 'prefix' | 'keywordRange' | 'keywords' }>;
/** The documents of a clause that stands for many terms or keys; undefined where it needs so little that it is made at once. */
export function* setOf(
  segment: Segment,
  query: TermsQuery | Extract<Query, { kind: 'ids' }>,
): Steps<DocumentSet | null | undefined> {
  if (query.kind === 'ids') return query.keys.length > 1 ? yield* documentsOfKeys(segment, query.keys) : undefined;
  const field = termField(segment, query.field);
  return field === null ? undefined : yield* setOfTerms(segment, field, query);
}

function* setOfTerms(
  segment: Segment,
  field: TextField | KeywordField,
  query: TermsQuery,
): Steps<DocumentSet | null | undefined> {
  const { dictionary } = field;
  switch (query.kind) {
    case 'wildcard':
      return yield* documentsOfTerms(segment, field, yield* wildcardSteps(dictionary, query));
    case 'keywords':
      if (query.terms.length < 2) return undefined;
      return yield* documentsOfTerms(segment, field, yield* findTerms(field, query.terms));
    case 'prefix':
    case 'keywordRange': {
      const range = ordinalRange(dictionary, query);
      return range.end - range.start < 2 ? undefined : yield* documentsOfRange(segment, field, range);
    }
  }
}

function* joined(sets: readonly Iterable<number>[]): Generator<number, void, undefined> {
  for (const set of sets) yield* set;
}

function* findTerms({ dictionary }: TextField | KeywordField, terms: readonly string[]): Steps<number[]> {
  const ordinals = new Set<number>();
  const work = new Work();
  for (const term of terms) {
    const ordinal = dictionary.find(term);
    if (ordinal >= 0) ordinals.add(ordinal);
    if (work.adds(findingCost)) yield work.take();
  }
  yield work.take();
  return [...ordinals];
}

function* documentsOfKeys(segment: Segment, keys: readonly string[]): Steps<DocumentSet | null> {
  const words = makeBitset(segment.documents);
  const work = new Work(words.length);
  for (const key of keys) {
    const docId = segment.keys.docIdOfKey(key);
    if (docId >= 0) setBit(words, docId);
    if (work.adds(findingCost)) yield work.take();
  }
  yield work.take();
  return documentSet(words);
}

function* documentsOfTerms(
  segment: Segment,
  field: TextField | KeywordField,
  ordinals: Iterable<number>,
): Steps<DocumentSet | null> {
  const words = makeBitset(segment.documents);
  const cursor = field.dictionary.cursorAtStart();
  const work = new Work(words.length);
  for (const ordinal of ordinals) {
    cursor.seek(ordinal);
    yield* readList(new PostingBlocks(field.postings, cursor), work, (list) => addBlock(words, list));
  }
  yield work.take();
  return documentSet(words);
}

function* documentsOfRange(
  segment: Segment,
  field: TextField | KeywordField,
  { start, end }: { start: number; end: number },
): Steps<DocumentSet | null> {
  const words = makeBitset(segment.documents);
  const cursor = field.dictionary.cursorAt(start);
  const work = new Work(words.length);
  for (let ordinal = start; ordinal < end; ordinal++, cursor.next()) {
    yield* readList(new PostingBlocks(field.postings, cursor), work, (list) => addBlock(words, list));
  }
  yield work.take();
  return documentSet(words);
}
