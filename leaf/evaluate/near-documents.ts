/** The documents of a segment that hold what a misspelt word may be meant for, and how often. */
import type { Query } from '../../shared/query/query.ts';
import { nearQuartersMax, quartersByEdits } from '../../shared/ranking/near-frequency.ts';
import type { Steps } from '../schedule/steps.ts';
import { makeBitset } from '../columns/bitset.ts';
import { fuzzySteps } from '../expand/expand.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import type { Segment } from '../segment/open.ts';
import { documentSet } from './document-set.ts';
import type { DocumentSet } from './document-set.ts';
import { addBlock, readList, Work } from './gather-work.ts';
import { termField } from './term-clauses.ts';

export interface NearDocuments {
  readonly set: DocumentSet;
  /** Quarters of occurrences, at least 1: by docId where the set is a bitset, else parallel to its docIds. */
  readonly quarters: Uint8Array;
}

/**
 * Gathers them in steps; null where there are none.
 *
 * Cost: the part of the dictionary that begins as the word must, and the postings of the terms that are near. A byte a document
 * while it goes on; of what is kept, a byte a match, or one a document where a 32nd of all match.
 */
export function* occurrencesNear(
  segment: Segment,
  query: Extract<Query, { kind: 'fuzzy' }>,
): Steps<NearDocuments | null> {
  const field = termField(segment, query.field);
  if (field === null) return null;
  const byEdits = yield* fuzzySteps(field.dictionary, query);
  if (byEdits.every((ordinals) => ordinals.isEmpty)) return null;
  const words = makeBitset(segment.documents);
  const quarters = new Uint8Array(segment.documents);
  const work = new Work(words.length + quarters.length / 4);
  // Repetition says nothing in a keyword field: there the nearest value counts, which is met first.
  const add = field.kind === 'text' ? addOccurrences : addNearest;
  for (const [edits, ordinals] of byEdits.entries()) {
    const worth = quartersByEdits[edits]!;
    const cursor = field.dictionary.cursorAtStart();
    for (const ordinal of ordinals) {
      cursor.seek(ordinal);
      yield* readList(new PostingBlocks(field.postings, cursor), work, (list) => {
        addBlock(words, list);
        add(quarters, list, worth);
      });
    }
  }
  yield work.take();
  return compact(documentSet(words), quarters);
}

function addOccurrences(quarters: Uint8Array, list: PostingBlocks, worth: number): void {
  const { docIds, count } = list;
  const frequencies = list.frequencies();
  for (let i = 0; i < count; i++) {
    const docId = docIds[i]!;
    quarters[docId] = Math.min(nearQuartersMax, quarters[docId]! + frequencies[i]! * worth);
  }
}

function addNearest(quarters: Uint8Array, { docIds, count }: PostingBlocks, worth: number): void {
  for (let i = 0; i < count; i++) {
    const docId = docIds[i]!;
    if (quarters[docId] === 0) quarters[docId] = worth;
  }
}

function compact(set: DocumentSet | null, quarters: Uint8Array): NearDocuments | null {
  if (set === null) return null;
  return { set, quarters: set.kind === 'bits' ? quarters : Uint8Array.from(set.docIds, (docId) => quarters[docId]!) };
}
