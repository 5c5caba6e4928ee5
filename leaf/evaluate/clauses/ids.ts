import type { QueryOf } from '../../../shared/query/query.ts';
import { makeBitset, setBit } from '../../columns/bitset.ts';
import { atOnce, type Steps } from '../../schedule/steps.ts';
import type { Segment } from '../../segment/open.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { documentSet, iterateSet, type DocumentSet } from '../document-set.ts';
import { isSet } from '../expansion.ts';
import { findingCost, Work } from '../expansion-work.ts';
import { EmptyIterator, type DocumentIterator } from '../iterator.ts';
import { SortedDocuments } from '../sorted-documents.ts';

export const ids: ClauseKind<QueryOf<'ids'>> = {
  iterate(scope, query) {
    const { segment } = scope;
    if (query.keys.length < 2) return documentOfKey(segment, query.keys[0]);
    const known = scope.expansionOf(query);
    const set = known && isSet(known) ? known : atOnce(documentsOfKeys(segment, query.keys));
    return set === null ? new EmptyIterator() : iterateSet(set, segment.documents, 1);
  },
  *expand({ segment }, { keys }) {
    return keys.length < 2 ? undefined : yield* documentsOfKeys(segment, keys);
  },
  isCacheable: false,
};

function documentOfKey(segment: Segment, key: string | undefined): DocumentIterator {
  const docId = key === undefined ? -1 : segment.keys.docIdOfKey(key);
  return docId < 0 ? new EmptyIterator() : new SortedDocuments(Uint32Array.of(docId), 1);
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
