/** The analyzers by the names that schemas use. */
import type { Analyzer } from './analyzer.ts';
import { englishTerm } from './english.ts';
import { foldRemembered, foldWord } from './fold.ts';
import { keywordAnalyzer } from './keyword-analyzer.ts';
import { WordAnalyzer } from './word-analyzer.ts';

const analyzers = {
  /** Words in lower case without accents. */
  standard: new WordAnalyzer({ fold: foldRemembered }),
  /** Words in lower case, with their accents. */
  simple: new WordAnalyzer({ fold: (word) => word.toLowerCase() }),
  /** The whole text as one term. */
  keyword: keywordAnalyzer,
  /** As standard, without English stop words, and words as their stems. */
  english: new WordAnalyzer({ fold: foldRemembered, term: englishTerm }),
} as const satisfies Readonly<Record<string, Analyzer>>;

export type AnalyzerName = keyof typeof analyzers;

export const analyzerNames = Object.keys(analyzers) as readonly AnalyzerName[];

/** That of a field without an analyzer of its own. */
export const defaultAnalyzer: AnalyzerName = 'standard';

export function analyzerOf(name: AnalyzerName = defaultAnalyzer): Analyzer {
  return analyzers[name];
}

/** What an analyzer does to letters, without taking a text apart: for patterns, whose other characters it leaves alone. */
export function normalizeLetters(name: AnalyzerName | undefined, text: string): string {
  if (name === 'keyword') return text;
  return name === 'simple' ? text.toLowerCase() : foldWord(text);
}
