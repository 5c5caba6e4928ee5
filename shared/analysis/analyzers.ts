/** The analyzers by the names that schemas use, and those that schemas put together. */
import { isObject } from '../json/read-object.ts';
import { oneOf, type Reader } from '../json/readers.ts';
import type { Analyzer } from './analyzer.ts';
import { makeCustomAnalyzer, readCustomAnalyzer, type CustomAnalyzer } from './custom/custom-analyzer.ts';
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

/** A name, or parts. */
export type AnalyzerDefinition = AnalyzerName | CustomAnalyzer;

const languageNames = Object.keys(languages) as readonly LanguageName[];
const plainNames = Object.keys(plainAnalyzers) as readonly PlainName[];

export const analyzerNames: readonly AnalyzerName[] = [...plainNames, ...languageNames];

/** That of a field without an analyzer of its own. */
export const defaultAnalyzer: AnalyzerName = 'standard';

/** @throws SheafError REQUEST_… */
export const readAnalyzer: Reader<AnalyzerDefinition> = (node) =>
  isObject(node.value) ? readCustomAnalyzer(node) : oneOf(analyzerNames)(node);

/** Put together of parts: so many are kept. */
const customMax = 256;

/** Made when they are first asked for: each remembers words, and some load a stemmer. */
const made = new Map<AnalyzerName, Analyzer>();
const customMade = new Map<string, Analyzer>();

export function analyzerOf(definition: AnalyzerDefinition = defaultAnalyzer): Analyzer {
  if (typeof definition !== 'string') return customAnalyzerOf(definition);
  let analyzer = made.get(definition);
  if (analyzer === undefined) {
    analyzer = isLanguage(definition) ? languageAnalyzer(definition) : plainAnalyzers[definition]();
    made.set(definition, analyzer);
  }
  return analyzer;
}

function customAnalyzerOf(definition: CustomAnalyzer): Analyzer {
  const key = JSON.stringify(definition);
  let analyzer = customMade.get(key);
  if (analyzer === undefined) {
    if (customMade.size >= customMax) customMade.clear();
    customMade.set(key, (analyzer = makeCustomAnalyzer(definition)));
  }
  return analyzer;
}

function isLanguage(name: AnalyzerName): name is LanguageName {
  return Object.hasOwn(languages, name);
}
