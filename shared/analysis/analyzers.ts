/** The analyzers by the names that schemas use. */
import type { Analyzer } from './analyzer.ts';
import { cutInPairs } from './dictionary-words.ts';
import { englishTerm } from './english.ts';
import { foldRemembered, foldWord } from './fold.ts';
import { keywordAnalyzer } from './keyword-analyzer.ts';
import { languageAnalyzer } from './language-analyzer.ts';
import { languages, type LanguageName } from './languages.ts';
import { WordAnalyzer } from './word-analyzer.ts';

const folded = { fold: foldRemembered, foldLetters: foldWord };
const lowerCase = (word: string): string => word.toLowerCase();

const plainAnalyzers = {
  /** Words in lower case without accents. */
  standard: () => new WordAnalyzer(folded),
  /** Words in lower case, with their accents. */
  simple: () => new WordAnalyzer({ fold: lowerCase, foldLetters: lowerCase }),
  /** The whole text as one term. */
  keyword: () => keywordAnalyzer,
  /** As standard, Chinese, Japanese and Korean in pairs of characters. */
  cjk: () => new WordAnalyzer({ ...folded, cutRun: cutInPairs }),
  /** As standard, without English stop words, and words as their stems. */
  english: () => new WordAnalyzer({ ...folded, term: englishTerm }),
} as const satisfies Readonly<Record<string, () => Analyzer>>;

type PlainName = keyof typeof plainAnalyzers;
export type AnalyzerName = PlainName | LanguageName;

const languageNames = Object.keys(languages) as readonly LanguageName[];
const plainNames = Object.keys(plainAnalyzers) as readonly PlainName[];

export const analyzerNames: readonly AnalyzerName[] = [...plainNames, ...languageNames];

/** That of a field without an analyzer of its own. */
export const defaultAnalyzer: AnalyzerName = 'standard';

/** Made when they are first asked for: each remembers words, and some load a stemmer. */
const made = new Map<AnalyzerName, Analyzer>();

export function analyzerOf(name: AnalyzerName = defaultAnalyzer): Analyzer {
  let analyzer = made.get(name);
  if (analyzer === undefined) {
    analyzer = isLanguage(name) ? languageAnalyzer(name) : plainAnalyzers[name]();
    made.set(name, analyzer);
  }
  return analyzer;
}

function isLanguage(name: AnalyzerName): name is LanguageName {
  return Object.hasOwn(languages, name);
}
