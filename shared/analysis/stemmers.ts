/** Snowball's stemmers, by the names of the package; of English that of `stemr`, which is faster. */
import { createRequire } from 'node:module';
import { stem } from 'stemr';

export const stemmerNames = [
  'arabic',
  'armenian',
  'basque',
  'catalan',
  'czech',
  'danish',
  'dutch',
  'english',
  'finnish',
  'french',
  'german',
  'hungarian',
  'irish',
  'italian',
  'norwegian',
  'porter',
  'portuguese',
  'romanian',
  'russian',
  'slovene',
  'spanish',
  'swedish',
  'tamil',
  'turkish',
] as const;

export type StemmerName = (typeof stemmerNames)[number];

/** Stemmers have nothing to say of longer words, and would take long to say it. */
const stemmedLengthMax = 64;

const load = createRequire(import.meta.url);

/** A function that gives the stem of a word in lower case. */
export function stemmerOf(name: StemmerName): (word: string) => string {
  const stemWord = name === 'english' ? stem : ofPackage(name);
  return (word) => (word.length > stemmedLengthMax ? word : stemWord(word));
}

function ofPackage(name: string): (word: string) => string {
  // Loaded with the first analyzer that needs it: it is large, and most processes never do.
  const { newStemmer }: typeof import('snowball-stemmers') = load('snowball-stemmers');
  const stemmer = newStemmer(name);
  return (word) => stemmer.stem(word);
}
