/**
 * The standard analyzer: text into terms. A term is a maximal run of letters, digits and marks, in lower case;
 * everything else separates, apostrophes and lone surrogates too. Terms longer than `limits.termBytesMax` bytes are
 * cut into pieces.
 *
 * It is shared because the root analyses queries once and the leaves analyse documents, and both must agree.
 */
import { limits } from '../limits.ts';

const word = /[\p{L}\p{N}\p{M}]+/gu;
const ascii = /^\p{ASCII}*$/u;
const asciiWord = /[0-9a-z]+/g;

/** The terms of a text, in order, repeats included. */
export function analyze(text: string): string[] {
  const lower = text.toLowerCase();
  const terms = lower.match(ascii.test(lower) ? asciiWord : word) ?? [];
  return terms.every((term) => term.length * 3 <= limits.termBytesMax) ? terms : terms.flatMap(cut);
}

/** Pieces of at most a third of the limit in code units, which three bytes each keep inside it; never inside a pair. */
function cut(term: string): string[] {
  const lengthMax = Math.floor(limits.termBytesMax / 3);
  const pieces: string[] = [];
  for (let start = 0; start < term.length;) {
    let end = Math.min(start + lengthMax, term.length);
    const last = term.charCodeAt(end - 1);
    if (end < term.length && last >= 0xd800 && last < 0xdc00) end--;
    pieces.push(term.slice(start, end));
    start = end;
  }
  return pieces;
}
