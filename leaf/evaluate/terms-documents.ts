import { makeBitset } from '../columns/bitset.ts';
import type { TermOrdinals } from '../expand/term-ordinals.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { TextField } from '../segment/layouts/text-layout.ts';
import { documentSet, type DocumentSet } from './document-set.ts';
import { addBlock, readList, Work } from './expansion-work.ts';

/** The documents that hold any of the terms, in steps; null where there are none. Cost: their postings, and a bit a document. */
export function* documentsOfTerms(
  segment: Segment,
  field: TextField | KeywordField,
  ordinals: TermOrdinals,
): Steps<DocumentSet | null> {
  const words = makeBitset(segment.documents);
  const cursor = field.dictionary.cursorAtStart();
  const work = new Work(words.length);
  for (let ordinal = ordinals.next(0); ordinal >= 0; ordinal = ordinals.next(ordinal + 1)) {
    // Terms that stand side by side, as those of a prefix do, are read one after the other.
    if (ordinal !== 0 && ordinal === cursor.ordinal + 1) cursor.next();
    else cursor.seek(ordinal);
    yield* readList(new PostingBlocks(field.postings, cursor), work, (list) => addBlock(words, list));
  }
  yield work.take();
  return documentSet(words);
}
