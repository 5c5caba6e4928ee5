/**
 * Folding: letters that differ only in case, in an accent or in how they are written become one: ligatures, full and half
 * width, the micro sign and mu. Not for language: `fur` finds `für`.
 */
import { rememberWords } from './remember-words.ts';

/** Combining diacritical marks: the accents of Latin, Greek and Cyrillic. Marks of other scripts are part of a word. */
const accents = /[\u0300-\u036f]/g;

/** What is not seen: soft hyphens, joiners, selectors of variants. Not the tags that tell flags apart. */
const invisible = /(?![\u{e0020}-\u{e007f}])\p{Default_Ignorable_Code_Point}/gu;

/** Lower-case letters that do not come apart into a letter and an accent, and what is written where they are missing; apostrophes. */
const replacements: Readonly<Record<string, string>> = {
  ß: 'ss',
  ς: 'σ',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  '‘': "'",
  '’': "'",
  ʼ: "'",
};
const replaced = new RegExp(`[${Object.keys(replacements).join('')}]`, 'g');

/**
 * A word in lower case and without accents, its characters as Unicode's form NFKC has them: `Éclair` and `éclair` decomposed
 * are `eclair`, `Straße` is `strasse`, final sigma is sigma, `ﬁ` is `fi`, `ＸＪ９` is `xj9`, `ｻｰﾊﾞｰ` is `サーバー`. Idempotent.
 */
export function foldWord(word: string): string {
  // Lower-case letters can come apart once more, as that of İ does.
  const letters = withoutInvisible(word.normalize('NFKD').toLowerCase().normalize('NFKD').replace(accents, ''));
  return letters.replace(replaced, (letter) => replacements[letter]!).normalize('NFKC');
}

/** The same, remembering what was folded. */
export const foldRemembered = rememberWords(foldWord);

/** A word without the characters that are not seen. */
export function withoutInvisible(word: string): string {
  return word.replace(invisible, '');
}

/** Letters without accents, upper and lower case kept. */
export function foldAccents(term: string): string {
  const letters = withoutInvisible(term.normalize('NFKD').replace(accents, ''));
  return letters
    .replace(/\P{ASCII}/gu, (letter) => {
      const folded = replacements[letter.toLowerCase()];
      if (folded === undefined) return letter;
      return letter === letter.toLowerCase() ? folded : folded.toUpperCase();
    })
    .normalize('NFKC');
}
