import { integerWithin, readBoolean, readNonEmptyString } from '../../../json/readers.ts';
import { limits } from '../../../limits.ts';
import type { PartDefinition, Tokenizer } from '../part.ts';

/** `/a/b/c` as `/a`, `/a/b` and `/a/b/c`, at one position; with `reverse` from the end. */
export const pathHierarchyTokenizer: PartDefinition<Tokenizer> = {
  options: ['delimiter', 'replacement', 'skip', 'reverse'],
  make(properties) {
    const delimiter = properties.optional('delimiter', readNonEmptyString, '/');
    const replacement = properties.optional('replacement', readNonEmptyString, delimiter);
    const skip = properties.optional('skip', integerWithin(0, limits.pathPartsMax), 0);
    const isReverse = properties.optional('reverse', readBoolean, false);
    return (text, take) => {
      const places = placesOf(text, delimiter).slice(0, limits.pathPartsMax);
      const show = (start: number, end: number): void => {
        const term = text.slice(start, end).replaceAll(delimiter, replacement);
        if (term !== '') take({ term, position: 0, start, end });
      };
      if (isReverse) {
        const starts = [0, ...places.map((at) => at + delimiter.length)];
        const end = skip === 0 ? text.length : (places.at(-skip) ?? 0);
        for (const start of starts) if (start < end) show(start, end);
      } else {
        const ends = [...places.filter((at) => at > 0), text.length];
        const start = skip === 0 ? 0 : (ends[skip - 1] ?? text.length);
        for (const end of ends) if (end > start) show(start, end);
      }
      return false;
    };
  },
};

function placesOf(text: string, delimiter: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + delimiter.length)) places.push(at);
  return places;
}
