import { readBoolean } from '../../../json/readers.ts';
import { readWords } from '../options.ts';
import { each, type PartDefinition, type TokenFilter } from '../part.ts';

/** Words that stemmers after it leave as they are. */
export const keywordMarkerFilter: PartDefinition<TokenFilter> = {
  options: ['keywords', 'ignore_case'],
  make(properties) {
    const words = properties.required('keywords', readWords);
    const ignoresCase = properties.optional('ignore_case', readBoolean, false);
    const kept = new Set(ignoresCase ? words.map((word) => word.toLowerCase()) : words);
    return each((token, next) => {
      const isKept = kept.has(ignoresCase ? token.term.toLowerCase() : token.term);
      next(isKept ? { ...token, isKeyword: true } : token);
    });
  },
};
