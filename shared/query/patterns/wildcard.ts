/** Patterns of terms: `*` is any characters or none, `?` is one character, a backslash takes the next as it is. */

/** In place of a byte. */
const anyCharacter = 256;
const anyRun = 257;

export interface Wildcard {
  /** What every match begins with, as UTF-8. */
  readonly prefix: string;
  /** Bytes of UTF-8, `anyCharacter` and `anyRun`. */
  readonly pieces: Uint16Array;
}

export function compileWildcard(pattern: string): Wildcard {
  const pieces: number[] = [];
  let prefix = '';
  let certain = true;
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    let character = characters[i]!;
    if (character === '*' || character === '?') {
      certain = false;
      if (character === '?') pieces.push(anyCharacter);
      else if (pieces.at(-1) !== anyRun) pieces.push(anyRun);
      continue;
    }
    if (character === '\\' && i + 1 < characters.length) character = characters[++i]!;
    if (certain) prefix += character;
    pieces.push(...Buffer.from(character));
  }
  return { prefix, pieces: Uint16Array.from(pieces) };
}

/**
 * Whether a term, as the first `length` bytes, matches. Of several runs only the last is ever tried anew, which is
 * enough: what an earlier one could take more of, the later one can. Cost: at most the product of both lengths.
 */
export function matchesWildcard({ pieces }: Wildcard, bytes: Uint8Array, length: number): boolean {
  let piece = 0;
  let at = 0;
  let lastRun = -1;
  let runEnd = 0;
  while (at < length) {
    const wanted = pieces[piece];
    if (wanted === anyRun) {
      lastRun = piece++;
      runEnd = at;
    } else if (wanted === bytes[at]) {
      piece++;
      at++;
    } else if (wanted === anyCharacter && !isContinuation(bytes[at]!)) {
      piece++;
      at++;
      while (at < length && isContinuation(bytes[at]!)) at++;
    } else if (lastRun >= 0) {
      piece = lastRun + 1;
      at = ++runEnd;
    } else return false;
  }
  while (pieces[piece] === anyRun) piece++;
  return piece === pieces.length;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
