import { characterPlaces, gramOptions, readGrams, type Grams } from '../options.ts';
import type { PartDefinition, Tokenizer } from '../part.ts';

/** Pieces of the text of all lengths between two, each at a position of its own. */
export const ngramTokenizer: PartDefinition<Tokenizer> = {
  options: gramOptions,
  make: (properties) => grams(readGrams(properties), Infinity),
};

/** The same, only those that begin the text. */
export const edgeNgramTokenizer: PartDefinition<Tokenizer> = {
  options: gramOptions,
  make: (properties) => grams(readGrams(properties), 1),
};

function grams({ min, max }: Grams, startsMax: number): Tokenizer {
  return (text, take) => {
    const places = characterPlaces(text);
    let position = 0;
    for (let from = 0; from + min < places.length && from < startsMax; from++) {
      for (let size = min; size <= max && from + size < places.length; size++) {
        const [start, end] = [places[from]!, places[from + size]!];
        take({ term: text.slice(start, end), position: position++, start, end });
      }
    }
    return false;
  };
}
