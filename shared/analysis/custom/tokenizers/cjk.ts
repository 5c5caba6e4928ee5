import { cutInPairs } from '../../dictionary-words.ts';
import { forEachWord } from '../../words.ts';
import { plain, type PartDefinition, type Tokenizer } from '../part.ts';

/** Words by UAX #29, Chinese, Japanese and Korean in pairs of characters. */
export const cjkTokenizer: PartDefinition<Tokenizer> = plain((text, take) => {
  let position = 0;
  const sink = (term: string, start: number, end: number): void => take({ term, position: position++, start, end });
  return forEachWord(text, sink, cutInPairs);
});
