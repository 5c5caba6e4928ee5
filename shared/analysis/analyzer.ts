/**
 * What an analyzer does: text into terms. It is shared because the root analyses queries and the leaves analyse
 * documents, and both must agree; an index keeps the analyzers its fields were made with.
 */

/**
 * Takes one token of a text.
 *
 * @param term well-formed, at most `limits.termBytesMax` bytes
 * @param position 0 for the first word of the text and ascending; left-out stop words leave gaps. The pieces of a word
 *   that is too long to be a term have positions of their own
 * @param start offset in the text of the word's first character, in UTF-16 units
 * @param end offset after its last; every piece of a long word has the offsets of the whole word
 */
export type TokenSink = (term: string, position: number, start: number, end: number) => void;

export interface Analyzer {
  /**
   * Gives every token of a text to the sink, in order. Any string will do; cost is that of its length.
   * @returns whether dictionaries of the runtime cut some of it: see analysis-version.ts
   */
  analyze(text: string, sink: TokenSink): boolean;
  /** What it does to letters, without taking a text apart: for patterns, whose other characters it leaves alone. */
  normalizeLetters(text: string): string;
}

/** The terms of a text, in order, repeats included. */
export function termsOf(analyzer: Analyzer, text: string): string[] {
  const terms: string[] = [];
  analyzer.analyze(text, (term) => terms.push(term));
  return terms;
}
