import type { Analyzer, TokenSink } from './analyzer.ts';
import { isLong, piecesOf } from './pieces.ts';

/** The whole text is one term, letter for letter; lone surrogates become U+FFFD. An empty text has none. */
export const keywordAnalyzer: Analyzer = {
  analyze(text: string, sink: TokenSink): boolean {
    if (text === '') return false;
    const term = text.toWellFormed();
    if (!isLong(term)) sink(term, 0, 0, text.length);
    else piecesOf(term).forEach((piece, position) => sink(piece, position, 0, text.length));
    return false;
  },
  normalizeLetters: (text) => text,
};
