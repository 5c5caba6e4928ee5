/**
 * Gathers, before a segment is entered and in steps, what clauses need that stand for many terms or keys, and the filters
 * that are worth remembering: a search that is made of a thousand prefixes then stops no other.
 */
import type { Query } from '../../shared/query/query.ts';
import type { Steps } from '../aggregate/collector.ts';
import { makeBitset, setBit } from '../columns/bitset.ts';
import { fuzzySteps, wildcardSteps } from '../expand/expand.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import type { KeywordField, Segment, TextField } from '../segment/open.ts';
import { documentSet } from './document-set.ts';
import type { DocumentSet } from './document-set.ts';
import { clause } from './evaluate.ts';
import { filterKey, filterSets } from './filter-sets.ts';
import { gatheredSets, keepGathered } from './gathered.ts';
import type { DocumentIterator } from './iterator.ts';
import { ordinalRange, termField } from './term-clauses.ts';

type Sets = readonly (DocumentSet | null)[];

/** Work after which a step ends, in documents: generators cost, too. */
const workPerStep = 64;
/** What finding a term or a key costs, in documents. */
const findingCost = 32;
/** What beginning to read a list costs, in documents. */
const listCost = 16;
/** Postings read for what looking at a document costs. */
const postingsPerDocument = 4;
/** Words of a bitset made and counted for what looking at a document costs. */
const wordsPerDocument = 16;
/** Documents that a filter is asked for in a step. */
const filteredPerStep = 1024;

/** Gathers what all clauses of a query need in a segment. @throws SheafError QUERY_TOO_MANY_TERMS */
export function* gatherInSteps(segment: Segment, query: Query): Steps<void> {
  switch (query.kind) {
    case 'bool':
      for (const child of [...query.must, ...query.should]) yield* gatherInSteps(segment, child);
      for (const child of [...query.filter, ...query.mustNot]) yield* gatherFilter(segment, child);
      return;
    case 'disMax':
      for (const child of query.queries) yield* gatherInSteps(segment, child);
      return;
    case 'boosted':
      return yield* gatherInSteps(segment, query.query);
    case 'constantScore':
      return yield* gatherFilter(segment, query.query);
    case 'keywords':
    case 'keywordRange':
    case 'prefix':
    case 'wildcard':
    case 'fuzzy':
    case 'ids': {
      const sets = yield* setsOf(segment, query);
      if (sets !== null) keepGathered(segment, query, sets);
      return;
    }
    case 'all':
    case 'none':
    case 'term':
    case 'numbers':
    case 'numberRange':
    case 'phrase':
    case 'exists':
  }
}

/** A clause that only has to match: remembered from its second search on. */
function* gatherFilter(segment: Segment, query: Query): Steps<void> {
  const key = filterKey(query);
  if (key === null) return yield* gatherInSteps(segment, query);
  const remembered = filterSets.find(segment, key);
  if (remembered !== undefined) return keepGathered(segment, query, [remembered]);
  yield* gatherInSteps(segment, query);
  if (!filterSets.asksAgain(segment, key)) return;
  const gathered = gatheredSets(segment, query);
  const set = gathered?.length === 1 ? gathered[0]! : yield* matchesOf(segment, query);
  filterSets.keep(segment, key, set);
  keepGathered(segment, query, [set]);
}

function* matchesOf(segment: Segment, query: Query): Steps<DocumentSet | null> {
  const { documents } = segment;
  const words = makeBitset(documents);
  const iterator = clause(segment, query, null);
  const costPerDocument = iterator.cost / Math.max(documents, 1);
  const work = new Work(words);
  for (let start = 0; start < documents; start += filteredPerStep) {
    const end = Math.min(documents, start + filteredPerStep);
    addMatches(words, iterator, { start, end });
    if (work.adds((end - start) * costPerDocument)) yield work.take();
  }
  yield work.take();
  return documentSet(words);
}

function addMatches(
  words: Uint32Array,
  iterator: DocumentIterator,
  { start, end }: { start: number; end: number },
): void {
  for (let docId = iterator.advance(start, end); docId < end;) {
    setBit(words, docId);
    docId = docId + 1 < end ? iterator.advance(docId + 1, end) : end;
  }
}

type TermsQuery = Extract<Query, { kind: 'wildcard' | 'fuzzy' | 'prefix' | 'keywordRange' | 'keywords' }>;

/** Null for a clause that needs so little that it is made at once. */
function* setsOf(segment: Segment, query: TermsQuery | Extract<Query, { kind: 'ids' }>): Steps<Sets | null> {
  if (query.kind === 'ids') return query.keys.length > 1 ? [yield* documentsOfKeys(segment, query.keys)] : null;
  const field = termField(segment, query.field);
  return field === null ? null : yield* setsOfTerms(segment, field, query);
}

function* setsOfTerms(segment: Segment, field: TextField | KeywordField, query: TermsQuery): Steps<Sets | null> {
  const { dictionary } = field;
  switch (query.kind) {
    case 'wildcard':
      return [yield* documentsOfTerms(segment, field, yield* wildcardSteps(dictionary, query))];
    case 'fuzzy': {
      const sets: (DocumentSet | null)[] = [];
      for (const ordinals of yield* fuzzySteps(dictionary, query)) {
        sets.push(yield* documentsOfTerms(segment, field, ordinals));
      }
      return sets;
    }
    case 'keywords':
      if (query.terms.length < 2) return null;
      return [yield* documentsOfTerms(segment, field, yield* findTerms(field, query.terms))];
    case 'prefix':
    case 'keywordRange': {
      const range = ordinalRange(dictionary, query);
      return range.end - range.start < 2 ? null : [yield* documentsOfRange(segment, field, range)];
    }
  }
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
  const work = new Work(words);
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
  ordinals: readonly number[],
): Steps<DocumentSet | null> {
  if (ordinals.length === 0) return null;
  const words = makeBitset(segment.documents);
  const cursor = field.dictionary.cursorAtStart();
  const work = new Work(words);
  for (const ordinal of ordinals) {
    cursor.seek(ordinal);
    yield* addList(words, new PostingBlocks(field.postings, cursor), work);
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
  const work = new Work(words);
  for (let ordinal = start; ordinal < end; ordinal++, cursor.next()) {
    yield* addList(words, new PostingBlocks(field.postings, cursor), work);
  }
  yield work.take();
  return documentSet(words);
}

function* addList(words: Uint32Array, list: PostingBlocks, work: Work): Steps<void> {
  if (work.adds(listCost)) yield work.take();
  for (let block = 0; block < list.blocks; block++) {
    list.load(block);
    addBlock(words, list);
    if (work.adds(list.count / postingsPerDocument)) yield work.take();
  }
}

function addBlock(words: Uint32Array, { docIds, count }: PostingBlocks): void {
  for (let i = 0; i < count; i++) setBit(words, docIds[i]!);
}

/** What was done since the last step. */
class Work {
  private done: number;

  /** @param words a bitset that has to be made and counted */
  constructor(words: Uint32Array | null = null) {
    this.done = (words?.length ?? 0) / wordsPerDocument;
  }

  /** Whether it is enough for a step. */
  adds(work: number): boolean {
    this.done += work;
    return this.done >= workPerStep;
  }

  take(): number {
    const { done } = this;
    this.done = 0;
    return done;
  }
}
