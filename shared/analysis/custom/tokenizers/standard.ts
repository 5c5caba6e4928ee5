import { forEachWord } from '../../words.ts';
import { plain, type PartDefinition, type Tokenizer } from '../part.ts';

/** Words by UAX #29, those of scripts without spaces by dictionary. */
export const standardTokenizer: PartDefinition<Tokenizer> = plain((text, take) => {
  let position = 0;
  return forEachWord(text, (term, start, end) => take({ term, position: position++, start, end }));
});
