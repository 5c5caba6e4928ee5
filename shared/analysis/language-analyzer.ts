/** The analyzer of a language: elided words are cut off, stop words left out, the others become stems without accents. */
import type { Analyzer } from './analyzer.ts';
import { foldWord, withoutInvisible } from './fold.ts';
import { languages, type Language, type LanguageName } from './languages.ts';
import { rememberWords } from './remember-words.ts';
import { stemmerOf } from './stemmers.ts';
import { WordAnalyzer } from './word-analyzer.ts';

export function languageAnalyzer(name: LanguageName): Analyzer {
  const language: Language = languages[name];
  const lower = lowerCaseOf(language);
  const termOrEmpty = rememberWords(termOf(name, language));
  return new WordAnalyzer({
    fold: lower,
    // Terms are folded at last.
    foldLetters: (text) => foldWord(lower(text)),
    term(word) {
      const term = termOrEmpty(word);
      return term === '' ? null : term;
    },
  });
}

const apostrophes = /[‘’ʼ]/g;

/** In the characters of NFKC, accents kept: stemmers know them. */
function lowerCaseOf({ locale }: Language): (word: string) => string {
  return (word) => {
    const composed = word.normalize('NFKC').replace(apostrophes, "'");
    return withoutInvisible(locale === undefined ? composed.toLowerCase() : composed.toLocaleLowerCase(locale));
  };
}

/** The term of a word in lower case, empty for a stop word. */
function termOf(name: LanguageName, { stopWords, elided, endsAtApostrophe }: Language): (word: string) => string {
  const left = new Set(stopWords.split(' ').map(foldWord));
  const beginnings = new Set(elided?.split(' ').map(foldWord));
  const stem = stemmerOf(name);
  const cut = (word: string): string => {
    const at = word.indexOf("'");
    if (at <= 0) return word;
    if (endsAtApostrophe === true) return word.slice(0, at);
    return beginnings.has(foldWord(word.slice(0, at))) ? word.slice(at + 1) : word;
  };
  return (word) => {
    const rest = cut(word);
    return left.has(foldWord(rest)) ? '' : foldWord(stem(rest));
  };
}
