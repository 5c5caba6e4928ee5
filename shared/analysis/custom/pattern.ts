/**
 * Patterns that cut or replace. They run over whole documents, so only those are taken whose matching takes a bounded time from
 * each place of a text: what may repeat without an end stands last, where nothing after it can make it go back.
 */
import type { RequestNode } from '../../json/request-node.ts';
import { readNonEmptyString } from '../../json/readers.ts';
import { limits } from '../../limits.ts';

/** Ways to match from one place. */
const waysMax = 4096;

/** A character, an escape, a class; then how often. */
const item =
  /(\\(?:[dDwWsStnrfvbB]|[pP]\{[A-Za-z_=]+\}|u[0-9a-fA-F]{4}|[^A-Za-z0-9])|\[\^?(?:\\.|[^\\\]])+\]|[^\\()[\]{}*+?|])(\*|\+|\?|\{\d+(?:,\d*)?\})?/uy;

/**
 * A pattern of characters, escapes, classes, groups that are not repeated, and `|`.
 * @throws SheafError REQUEST_VALUE_INVALID, which says what it may be
 */
export function readPattern(node: RequestNode): RegExp {
  const source = readNonEmptyString(node);
  const fault = (expected: string): Error => node.invalid({ expected });
  if (source.length > limits.patternLengthMax)
    throw fault(`a pattern of at most ${limits.patternLengthMax} characters`);
  let ways = 1;
  let isOpen = false;
  for (let at = 0; at < source.length;) {
    const character = source[at]!;
    if (character === '(' || character === ')' || character === '|') {
      at += source.startsWith('(?:', at) ? 3 : 1;
      if (character === '|') isOpen = false;
      continue;
    }
    item.lastIndex = at;
    const found = item.exec(source);
    if (found === null) throw fault('a pattern of characters, classes and groups that are not repeated');
    if (isOpen)
      throw fault(
        'a pattern in which nothing follows what repeats without an end, such as "[0-9]{1,9}-" for "[0-9]+-"',
      );
    const times = found[2];
    if (times === '*' || times === '+' || (times?.endsWith(',}') ?? false)) isOpen = true;
    else if (times !== undefined) ways *= 1 + (times === '?' ? 1 : Number(/\d+(?=\})/.exec(times)![0]));
    if (ways > waysMax) throw fault(`a pattern with at most ${waysMax} ways to match from one place`);
    at = item.lastIndex;
  }
  try {
    return new RegExp(source, 'gu');
  } catch {
    throw fault('a pattern that is a regular expression of JavaScript');
  }
}
