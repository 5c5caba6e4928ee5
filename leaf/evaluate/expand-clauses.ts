/**
 * Expands, before a segment is entered and in steps, the clauses that stand for many terms or keys, and finds the filters
 * that are worth remembering: a search that is made of a thousand prefixes then stops no other.
 */
import { childrenOf, type Query } from '../../shared/query/query.ts';
import { makeBitset, setBit } from '../columns/bitset.ts';
import type { Steps } from '../schedule/steps.ts';
import type { ClauseScope } from './clause-kind.ts';
import { kindOf } from './clauses.ts';
import { documentSet, type DocumentSet } from './document-set.ts';
import { isSet, type Expansion } from './expansion.ts';
import { Work } from './expansion-work.ts';
import type { DocumentIterator } from './iterator.ts';

/** Documents that a filter is asked for in a step. */
const filteredPerStep = 1024;

/** Where expansions are kept. */
interface ExpandingScope extends ClauseScope {
  keepExpansion(query: Query, expansion: Expansion | null): void;
}

/** Expands all clauses of a query in a segment. @param isScored whether scores are needed */
export function* expandQuery(scope: ExpandingScope, query: Query, isScored: boolean): Steps<void> {
  for (const child of childrenOf(query)) {
    if (child.role === 'scored') yield* expandQuery(scope, child.query, isScored);
    else yield* expandFilter(scope, child.query);
  }
  const kind = kindOf(query);
  if (kind.expand === undefined) return;
  const expansion = yield* kind.expand(scope, query, isScored);
  if (expansion !== undefined) scope.keepExpansion(query, expansion);
}

/** A clause that only has to match: remembered from its second search on. */
export function* expandFilter(scope: ExpandingScope, query: Query): Steps<void> {
  const { segment, caches } = scope;
  const { filters } = caches;
  const key = kindOf(query).isCacheable === false ? null : filters.keyOf(query);
  if (key === null) return yield* expandQuery(scope, query, false);
  const remembered = filters.find(segment, key);
  if (remembered !== undefined) return scope.keepExpansion(query, remembered);
  yield* expandQuery(scope, query, false);
  if (!filters.asksAgain(segment, key)) return;
  const expansion = scope.expansionOf(query);
  const isKnown = expansion === null || (expansion !== undefined && isSet(expansion));
  const set = isKnown ? expansion : yield* matchesOf(scope, query);
  filters.keep(segment, key, set);
  scope.keepExpansion(query, set);
}

function* matchesOf(scope: ClauseScope, query: Query): Steps<DocumentSet | null> {
  const { documents } = scope.segment;
  const words = makeBitset(documents);
  const iterator = scope.iterate(query, null);
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
