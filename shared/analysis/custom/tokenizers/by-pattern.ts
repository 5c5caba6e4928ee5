import type { TakeToken, Tokenizer } from '../part.ts';

/** Tokens that match a pattern, which is global and matches nothing empty. */
export function matching(pattern: RegExp): Tokenizer {
  return (text, take) => {
    let position = 0;
    for (const { 0: term, index } of text.matchAll(pattern)) {
      if (term !== '') take({ term, position: position++, start: index, end: index + term.length });
    }
    return false;
  };
}

/** What stands between the matches of a pattern. */
export function separatedBy(pattern: RegExp): Tokenizer {
  return (text, take) => {
    const out = takeParts(text, take);
    for (const { 0: separator, index } of text.matchAll(pattern)) {
      if (separator !== '') out(index, index + separator.length);
    }
    out(text.length, text.length);
    return false;
  };
}

function takeParts(text: string, take: TakeToken): (end: number, next: number) => void {
  let position = 0;
  let start = 0;
  return (end, next) => {
    if (end > start) take({ term: text.slice(start, end), position: position++, start, end });
    start = next;
  };
}
