/** Options that several kinds of parts have. */
import type { Properties } from '../../json/read-object.ts';
import { arrayOf, integerWithin, readNonEmptyString } from '../../json/readers.ts';
import type { RequestNode } from '../../json/request-node.ts';
import { limits } from '../../limits.ts';

/** Words of a list. */
export const readWords = arrayOf(readNonEmptyString, limits.analyzerWordsMax);

export interface Grams {
  readonly min: number;
  readonly max: number;
}

export const gramOptions = ['min_gram', 'max_gram'] as const;

const readGram = integerWithin(1, limits.gramLengthMax);

/** How many characters of a term make one of its own. @throws SheafError REQUEST_VALUE_INVALID */
export function readGrams(properties: Properties<string>): Grams {
  const min = properties.optional('min_gram', readGram, 1);
  const readMax = (node: RequestNode): number => {
    const limit = min + limits.gramLengthsMax - 1;
    return integerWithin(min, Math.min(limit, limits.gramLengthMax))(node);
  };
  return { min, max: properties.optional('max_gram', readMax, Math.max(2, min)) };
}

/** The places between the characters of a term, its beginning and end among them. */
export function characterPlaces(term: string): number[] {
  const places: number[] = [0];
  for (let at = 0; at < term.length;) places.push((at += term.codePointAt(at)! > 0xffff ? 2 : 1));
  return places;
}
