import { oneOf } from '../../../json/readers.ts';
import { rememberWords } from '../../remember-words.ts';
import { stemmerNames, stemmerOf } from '../../stemmers.ts';
import { each, type PartDefinition, type TokenFilter } from '../part.ts';

/** Words become their stems, by Snowball's stemmer of a language. */
export const stemmerFilter: PartDefinition<TokenFilter> = {
  options: ['language'],
  make(properties) {
    const stem = rememberWords(stemmerOf(properties.optional('language', oneOf(stemmerNames), 'english')));
    return each((token, next) => {
      const term = token.isKeyword === true ? token.term : stem(token.term);
      if (term !== '') next({ ...token, term });
    });
  },
};
