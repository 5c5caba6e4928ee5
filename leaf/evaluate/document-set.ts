import { countBits, hasBit, nextSetBit } from '../columns/bitset.ts';
import { BitsetIterator } from './bitset-iterator.ts';
import type { DocumentIterator } from './iterator.ts';
import { SortedDocuments } from './sorted-documents.ts';

/** Documents of one segment, as a bitset or, where these are fewer bytes, as ascending docIds. Never changed. */
export type DocumentSet =
  | { readonly kind: 'bits'; readonly words: Uint32Array; readonly count: number }
  | { readonly kind: 'docIds'; readonly docIds: Uint32Array };

/** The set of a bitset that nobody changes any more, null where it is empty. Cost: its words, and its members if they are few. */
export function documentSet(words: Uint32Array): DocumentSet | null {
  const count = countBits(words);
  if (count === 0) return null;
  if (count >= words.length) return { kind: 'bits', words, count };
  const docIds = new Uint32Array(count);
  const end = words.length * 32;
  for (let i = 0, docId = 0; i < count; i++) {
    docId = nextSetBit(words, docId, end);
    docIds[i] = docId++;
  }
  return { kind: 'docIds', docIds };
}

/** @param weight score of every match */
export function iterateSet(set: DocumentSet, documents: number, weight: number): DocumentIterator {
  return set.kind === 'bits'
    ? new BitsetIterator(set.words, documents, weight, set.count)
    : new SortedDocuments(set.docIds, weight);
}

/** Members that are not deleted. Cost: the words of the sets, or the members if they are few. */
export function countLive(set: DocumentSet, deleted: Uint32Array | null): number {
  if (set.kind === 'docIds') {
    return deleted === null
      ? set.docIds.length
      : set.docIds.reduce((sum, id) => sum + (hasBit(deleted, id) ? 0 : 1), 0);
  }
  return deleted === null ? set.count : countBits(set.words.map((word, i) => word & ~deleted[i]!));
}
