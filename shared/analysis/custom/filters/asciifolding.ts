import { readBoolean } from '../../../json/readers.ts';
import { foldAccents } from '../../fold.ts';
import { each, type PartDefinition, type TokenFilter } from '../part.ts';

/** Letters without their accents, upper and lower case kept; with `preserve_original` as they were, too. */
export const asciifoldingFilter: PartDefinition<TokenFilter> = {
  options: ['preserve_original'],
  make(properties) {
    const isKept = properties.optional('preserve_original', readBoolean, false);
    return each((token, next) => {
      const term = foldAccents(token.term);
      if (term !== '') next({ ...token, term });
      if (isKept && term !== token.term) next(token);
    });
  },
};
