import type { Analyzer, TokenSink } from './analyzer.ts';
import { isLong, piecesOf } from './pieces.ts';
import type { CutRun } from './word-sink.ts';
import { forEachWord } from './words.ts';

export interface WordRules {
  /** A word in lower case and whatever else is done to its letters. Plain words are not asked for. */
  readonly fold: (word: string) => string;
  /** The same of what need not be a word, and so is not worth remembering. */
  readonly foldLetters: (text: string) => string;
  /** The term of a folded word; null for a word that is left out and leaves a gap. */
  readonly term?: (word: string) => string | null;
  /** What becomes of runs of scripts without spaces; left out: words by dictionary. */
  readonly cutRun?: CutRun;
}

/** Words by words.ts, then letters, then whole words. */
export class WordAnalyzer implements Analyzer {
  private readonly rules: WordRules;

  constructor(rules: WordRules) {
    this.rules = rules;
  }

  normalizeLetters(text: string): string {
    return this.rules.foldLetters(text);
  }

  analyze(text: string, sink: TokenSink): boolean {
    const { fold, term, cutRun } = this.rules;
    let position = 0;
    const take = (word: string, start: number, end: number, plain: boolean): void => {
      const folded = plain ? word : fold(word);
      const made = term === undefined ? folded : term(folded);
      if (made === null) position++;
      // Nothing but accents is no word.
      else if (made === '') return;
      else if (!isLong(made)) sink(made, position++, start, end);
      else for (const piece of piecesOf(made)) sink(piece, position++, start, end);
    };
    return forEachWord(text, take, cutRun);
  }
}
