/** The terms of a field as they are stored: what texts and keywords have in common. */
import { indexWords, termsPerBlock } from '../../dictionary/dictionary-writer.ts';
import { Dictionary } from '../../dictionary/dictionary.ts';
import type { Postings } from '../../postings/posting-blocks.ts';
import type { SectionReader } from '../section-reader.ts';
import type { EncodedTerms } from '../terms-writer.ts';
import type { NamedSection } from './layout-definition.ts';

export interface TermField {
  readonly dictionary: Dictionary;
  readonly postings: Postings;
}

export function termSections({ size, index, entries, postings }: EncodedTerms): NamedSection[] {
  return [
    ['termCount', Uint32Array.of(size)],
    ['termIndex', index],
    ['termEntries', entries],
    ['postings', postings],
  ];
}

/** @throws SheafError SEGMENT_CORRUPT */
export function openTerms(reader: SectionReader, withFrequencies: boolean): TermField {
  const size = reader.uint32('termCount', 1)[0]!;
  const index = reader.uint32('termIndex', Math.ceil(size / termsPerBlock) * indexWords);
  const entries = reader.bytes('termEntries');
  const dictionary = new Dictionary({ size, index, entries, withFrequencies });
  return { dictionary, postings: { words: reader.uint32('postings'), withFrequencies } };
}
