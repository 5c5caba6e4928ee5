import { plain, type PartDefinition, type Tokenizer } from '../part.ts';

/** The whole text. */
export const keywordTokenizer: PartDefinition<Tokenizer> = plain((text, take) => {
  if (text !== '') take({ term: text, position: 0, start: 0, end: text.length });
  return false;
});
