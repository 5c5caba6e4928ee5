/** The documents of a segment that hold what a misspelt word may be meant for, and how often. */
import type { NearWord } from '../../shared/query/near-name.ts';
import { nearQuartersMax, quartersByEdits } from '../../shared/ranking/near-frequency.ts';
import type { Steps } from '../schedule/steps.ts';
import { makeBitset } from '../columns/bitset.ts';
import { expandFuzzy } from '../expand/expand-fuzzy.ts';
import type { FuzzyCache } from '../expand/fuzzy-cache.ts';
import { JoinedOrdinals } from '../expand/term-ordinals.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { TextField } from '../segment/layouts/text-layout.ts';
import { documentSet } from './document-set.ts';
import type { DocumentSet } from './document-set.ts';
import { addBlock, readList, Work } from './expansion-work.ts';
import { documentsOfTerms } from './terms-documents.ts';

export interface NearDocuments {
  readonly kind: 'near';
  readonly set: DocumentSet;
  /** Quarters of occurrences, at least 1: by docId where the set is a bitset, else parallel to its docIds. */
  readonly quarters: Uint8Array;
}

/** A word in a field of a segment that may hold what it is meant for. */
export interface SoughtWord {
  readonly segment: Segment;
  readonly field: TextField | KeywordField;
  readonly word: NearWord;
  readonly cache: FuzzyCache;
}

/** The documents alone. */
export function* documentsNear({ segment, field, word, cache }: SoughtWord): Steps<DocumentSet | null> {
  return yield* documentsOfTerms(segment, field, new JoinedOrdinals(yield* expandFuzzy(field.dictionary, word, cache)));
}

/**
 * Finds them in steps; null where there are none.
 *
 * Cost: the part of the dictionary that begins as the word must, and the postings of the terms that are near. A byte a document
 * while it goes on; of what is kept, a byte a match, or one a document where a 32nd of all match.
 */
export function* occurrencesNear({ segment, field, word, cache }: SoughtWord): Steps<NearDocuments | null> {
  const byEdits = yield* expandFuzzy(field.dictionary, word, cache);
  if (byEdits.every(({ size }) => size === 0)) return null;
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
  return {
    kind: 'near',
    set,
    quarters: set.kind === 'bits' ? quarters : Uint8Array.from(set.docIds, (docId) => quarters[docId]!),
  };
}
