declare module 'snowball-stemmers' {
  /** Of one language; keeps what it works on, and nothing of the words before. */
  interface Stemmer {
    stem(word: string): string;
  }
  /** @throws Error for a name that it does not know */
  export function newStemmer(language: string): Stemmer;
  export function algorithms(): string[];
}
