/** The analyzers by the names that schemas use. */
import type { Analyzer } from './analyzer.ts';
import { englishTerm } from './english.ts';
import { foldRemembered, foldWord } from './fold.ts';
import { keywordAnalyzer } from './keyword-analyzer.ts';
import { WordAnalyzer } from './word-analyzer.ts';

const folded = { fold: foldRemembered, foldLetters: foldWord };
const lowerCase = (word: string): string => word.toLowerCase();

const analyzers = {
  /** Words in lower case without accents. */
  standard: new WordAnalyzer(folded),
  /** Words in lower case, with their accents. */
  simple: new WordAnalyzer({ fold: lowerCase, foldLetters: lowerCase }),
  /** The whole text as one term. */
  keyword: keywordAnalyzer,
  /** As standard, without English stop words, and words as their stems. */
  english: new WordAnalyzer({ ...folded, term: englishTerm }),
} as const satisfies Readonly<Record<string, Analyzer>>;

export type AnalyzerName = keyof typeof analyzers;

export const analyzerNames = Object.keys(analyzers) as readonly AnalyzerName[];

/** That of a field without an analyzer of its own. */
export const defaultAnalyzer: AnalyzerName = 'standard';

export function analyzerOf(name: AnalyzerName = defaultAnalyzer): Analyzer {
  return analyzers[name];
}
