import { integerWithin } from '../../../json/readers.ts';
import { limits } from '../../../limits.ts';
import { each, type PartDefinition, type TokenFilter } from '../part.ts';

const readLength = integerWithin(0, limits.termBytesMax);

/** Leaves out what has fewer or more characters. */
export const lengthFilter: PartDefinition<TokenFilter> = {
  options: ['min', 'max'],
  make(properties) {
    const min = properties.optional('min', readLength, 0);
    const max = properties.optional('max', readLength, limits.termBytesMax);
    return each((token, next) => {
      const length = Array.from(token.term).length;
      if (length >= min && length <= max) next(token);
    });
  },
};
