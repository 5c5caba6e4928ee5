import { limits } from '../limits.ts';

/** Units of a term that three bytes each keep inside the limit. */
const lengthMax = Math.floor(limits.termBytesMax / 3);

/** Whether a term can be too long to be one. */
export function isLong(term: string): boolean {
  return term.length > lengthMax;
}

/** A long term in pieces that fit, none ending inside a surrogate pair. */
export function piecesOf(term: string): string[] {
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
