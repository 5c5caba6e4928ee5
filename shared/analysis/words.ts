/**
 * The words of a text: maximal runs of letters, digits and marks (Unicode categories L, N and M). Everything else
 * separates, apostrophes and lone surrogates too. Texts without spaces between words (Chinese, Japanese, Thai) come
 * out in long runs.
 */

/** Takes one word. `plain` says that it is ASCII in lower case, so that nothing about it has to change. */
export type WordSink = (word: string, start: number, end: number, plain: boolean) => void;

const wordAt = /[\p{L}\p{N}\p{M}]+/uy;

const separator = 0;
const lower = 1;
const upper = 2;
/** By ASCII character: letters and digits, and whether they are upper case. */
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[a-z0-9]/.test(character) ? lower : /[A-Z]/.test(character) ? upper : separator;
});

/** Cost: a few nanoseconds a character while it is ASCII, a regular expression for each word that is not. */
export function forEachWord(text: string, sink: WordSink): void {
  const { length } = text;
  for (let at = 0; at < length;) {
    const start = at;
    let seen = separator;
    let code = 0;
    for (; at < length; at++) {
      code = text.charCodeAt(at);
      const kind = code < 128 ? classes[code]! : separator;
      if (kind === separator) break;
      seen |= kind;
    }
    // A character beyond ASCII may go on with the word, or begin one.
    if (at < length && code >= 128) at = wideWord(text, start, at, sink);
    else {
      if (at > start) sink(text.slice(start, at), start, at, (seen & upper) === 0);
      at++;
    }
  }
}

/** The word at `start`, whose first character beyond ASCII is at `wide`. Returns where to go on. */
function wideWord(text: string, start: number, wide: number, sink: WordSink): number {
  wordAt.lastIndex = start;
  const word = wordAt.exec(text)?.[0];
  if (word !== undefined) sink(word, start, start + word.length, false);
  const end = start + (word?.length ?? 0);
  // Not into the middle of a surrogate pair.
  return end > wide ? end : wide + (text.codePointAt(wide)! > 0xffff ? 2 : 1);
}
