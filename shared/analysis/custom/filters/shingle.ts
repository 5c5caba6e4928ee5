import { integerWithin, readBoolean, readString } from '../../../json/readers.ts';
import { limits } from '../../../limits.ts';
import type { PartDefinition, Token, TokenFilter } from '../part.ts';

const readSize = integerWithin(2, limits.shingleSizeMax);

/** Neighbours as one term, at the position of the first; words that were left out between them are `filler_token`. */
export const shingleFilter: PartDefinition<TokenFilter> = {
  options: ['min_shingle_size', 'max_shingle_size', 'output_unigrams', 'token_separator', 'filler_token'],
  make(properties) {
    const min = properties.optional('min_shingle_size', readSize, 2);
    const max = properties.optional('max_shingle_size', integerWithin(min, limits.shingleSizeMax), min);
    const hasUnigrams = properties.optional('output_unigrams', readBoolean, true);
    const separator = properties.optional('token_separator', readString, ' ');
    const filler = properties.optional('filler_token', readString, '_');
    return (next) => {
      let waiting: Token[] = [];
      const first = (): void => {
        const [token] = waiting;
        if (token === undefined) return;
        if (hasUnigrams) next(token);
        let term = token.term;
        let size = 1;
        let last = token;
        for (const other of waiting.slice(1)) {
          for (let gap = last.position + 1; gap < other.position && size < max; gap++, size++)
            term += separator + filler;
          if (++size > max) break;
          term += separator + other.term;
          last = other;
          if (size >= min) next({ ...token, term, end: other.end });
        }
        waiting = waiting.slice(1);
      };
      return {
        take(token) {
          waiting.push(token);
          if (waiting.length > max) first();
        },
        end() {
          while (waiting.length > 0) first();
        },
      };
    };
  },
};
