/**
 * Gathers, before a segment is entered and in steps, what clauses need that stand for many terms or keys, and the filters
 * that are worth remembering: a search that is made of a thousand prefixes then stops no other.
 */
import type { Query } from '../../shared/query/query.ts';
import type { Steps } from '../schedule/steps.ts';
import { makeBitset, setBit } from '../columns/bitset.ts';
import type { Segment } from '../segment/open.ts';
import { documentSet } from './document-set.ts';
import type { DocumentSet } from './document-set.ts';
import { clause } from './evaluate.ts';
import { filterKey, filterSets } from './filter-sets.ts';
import { documentsNear, setOf } from './gather-terms.ts';
import { Work } from './gather-work.ts';
import { gatheredOf, keepGathered } from './gathered.ts';
import type { DocumentIterator } from './iterator.ts';
import { occurrencesNear } from './near-documents.ts';

/** Documents that a filter is asked for in a step. */
const filteredPerStep = 1024;

/** Gathers what all clauses of a query need in a segment. @param scored whether scores are needed */
export function* gatherInSteps(segment: Segment, query: Query, scored: boolean): Steps<void> {
  switch (query.kind) {
    case 'bool':
      for (const child of [...query.must, ...query.should]) yield* gatherInSteps(segment, child, scored);
      for (const child of [...query.filter, ...query.mustNot]) yield* gatherFilter(segment, child);
      return;
    case 'disMax':
      for (const child of query.queries) yield* gatherInSteps(segment, child, scored);
      return;
    case 'boosted':
      return yield* gatherInSteps(segment, query.query, scored);
    case 'constantScore':
      return yield* gatherFilter(segment, query.query);
    case 'keywords':
    case 'keywordRange':
    case 'prefix':
    case 'wildcard':
    case 'ids': {
      const set = yield* setOf(segment, query);
      if (set !== undefined) keepGathered(segment, query, set);
      return;
    }
    case 'fuzzy':
      return keepGathered(segment, query, yield* (scored ? occurrencesNear : documentsNear)(segment, query));
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
  if (key === null) return yield* gatherInSteps(segment, query, false);
  const remembered = filterSets.find(segment, key);
  if (remembered !== undefined) return keepGathered(segment, query, remembered);
  yield* gatherInSteps(segment, query, false);
  if (!filterSets.asksAgain(segment, key)) return;
  const gathered = gatheredOf(segment, query);
  const isSet = gathered === null || (gathered !== undefined && 'kind' in gathered);
  const set = isSet ? gathered : yield* matchesOf(segment, query);
  filterSets.keep(segment, key, set);
  keepGathered(segment, query, set);
}

function* matchesOf(segment: Segment, query: Query): Steps<DocumentSet | null> {
  const { documents } = segment;
  const words = makeBitset(documents);
  const iterator = clause(segment, query, null);
  const costPerDocument = iterator.cost / Math.max(documents, 1);
  const work = new Work(words.length);
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
