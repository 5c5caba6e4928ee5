import { readBoolean } from '../../../json/readers.ts';
import { characterPlaces, gramOptions, readGrams, type Grams } from '../options.ts';
import { each, type PartDefinition, type TokenFilter } from '../part.ts';

const options = [...gramOptions, 'preserve_original'];

/** Pieces of each term, at its position. */
export const ngramFilter: PartDefinition<TokenFilter> = {
  options,
  make: (properties) =>
    grams(readGrams(properties), {
      startsMax: Infinity,
      isKept: properties.optional('preserve_original', readBoolean, false),
    }),
};

/** Pieces that begin each term, at its position. */
export const edgeNgramFilter: PartDefinition<TokenFilter> = {
  options,
  make: (properties) =>
    grams(readGrams(properties), {
      startsMax: 1,
      isKept: properties.optional('preserve_original', readBoolean, false),
    }),
};

function grams({ min, max }: Grams, how: { readonly startsMax: number; readonly isKept: boolean }): TokenFilter {
  return each((token, next) => {
    const { term } = token;
    const places = characterPlaces(term);
    const made = new Set<string>();
    for (let from = 0; from + min < places.length && from < how.startsMax; from++) {
      for (let size = min; size <= max && from + size < places.length; size++) {
        made.add(term.slice(places[from], places[from + size]));
      }
    }
    if (how.isKept) made.add(term);
    for (const gram of made) next({ ...token, term: gram });
  });
}
