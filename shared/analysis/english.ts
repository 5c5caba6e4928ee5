/** English words: stop words are left out, the others become their stems. */
import { stem } from 'stemr';
import { rememberWords } from './remember-words.ts';

/**
 * Words that say little, those of Snowball's list; of its contractions the parts that an apostrophe leaves. Negations
 * are among them.
 */
const stopWords: ReadonlySet<string> = new Set(
  (
    'i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself ' +
    'it its itself they them their theirs themselves what which who whom this that these those am is are was were be ' +
    'been being have has had having do does did doing would should could ought a an the and but if or because as ' +
    'until while of at by for with about against between into through during before after above below to from up ' +
    'down in out on off over under again further then once here there when where why how all any both each few more ' +
    'most other some such no nor not only own same so than too very s t can will just don now d ll m re ve'
  ).split(' '),
);

/** Snowball's English stemmer (Porter 2) has nothing to say of longer words, and would take long to say it. */
const stemmedLengthMax = 64;

/** @param word folded */
function makeTerm(word: string): string {
  if (stopWords.has(word)) return '';
  return word.length > stemmedLengthMax ? word : stem(word);
}

const termOrEmpty = rememberWords(makeTerm);

/** The stem of a folded word; null for a stop word. */
export function englishTerm(word: string): string | null {
  const term = termOrEmpty(word);
  return term === '' ? null : term;
}
