import { integerWithin } from '../../../json/readers.ts';
import { limits } from '../../../limits.ts';
import { characterPlaces } from '../options.ts';
import { eachTerm, type PartDefinition, type TokenFilter } from '../part.ts';

/** So many characters of each term. */
export const truncateFilter: PartDefinition<TokenFilter> = {
  options: ['length'],
  make(properties) {
    const length = properties.optional('length', integerWithin(1, limits.termBytesMax), 10);
    return eachTerm((term) => (term.length <= length ? term : term.slice(0, characterPlaces(term)[length])));
  },
};
