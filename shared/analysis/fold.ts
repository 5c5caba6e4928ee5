/**
 * Folding: letters that differ only in case or in an accent become one. Not for language: `fur` finds `für`.
 */
import { rememberWords } from './remember-words.ts';

/** Combining diacritical marks: the accents of Latin, Greek and Cyrillic. Marks of other scripts are part of a word. */
const accents = /[\u0300-\u036f]/g;

/** Lower-case letters that do not come apart into a letter and an accent, and what is written where they are missing. */
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
};
const replaced = new RegExp(`[${Object.keys(replacements).join('')}]`, 'g');

/**
 * A word in lower case and without accents: `Éclair` and `éclair` decomposed are `eclair`, `Straße` is `strasse`, final
 * sigma is sigma. Idempotent.
 */
export function foldWord(word: string): string {
  const letters = word.toLowerCase().normalize('NFD').replace(accents, '');
  return letters.replace(replaced, (letter) => replacements[letter]!).normalize('NFC');
}

/** The same, remembering what was folded. */
export const foldRemembered = rememberWords(foldWord);
