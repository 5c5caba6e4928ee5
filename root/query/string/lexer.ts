/**
 * Cuts a query string into tokens, one at a time, so that the first fault met is the first in the text. What a
 * character means depends on where it stands: directly after a field's colon, and inside a range, `-`, `+`, `!` and
 * `:` belong to the value.
 */
import { limits } from '../../../shared/limits.ts';
import type { StringFaults } from './string-faults.ts';

/** `start` and `end` are positions in the text, `end` past the last character. */
export type Token = { readonly start: number; readonly end: number } &
  /** `pattern` where an unescaped `*` stands in it. */
  (
    | { readonly kind: 'word'; readonly text: string; readonly pattern?: string }
    | { readonly kind: 'phrase'; readonly text: string }
    /** `~` or `^` directly after an operand, and the digits after it. */
    | { readonly kind: 'tilde' | 'caret'; readonly digits: string }
    | { readonly kind: 'and' | 'or' | 'not' | 'plus' | 'minus' | 'open' | 'close' | 'colon' | 'end' }
    /** The word TO inside a range; elsewhere it is a word. */
    | { readonly kind: 'to' }
    /** An asterisk that is a whole value or bound. */
    | { readonly kind: 'star' }
    | { readonly kind: 'rangeOpen' | 'rangeClose'; readonly inclusive: boolean }
  );

const operators: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOT', 'not'],
]);
const space = /\s/;
/** What ends a word wherever it stands. */
const wordEnd = /[\s()[\]{}]/;
/** What ends a word outside ranges, because it says something of it. */
const suffix = /[~^]/;
const digits = /[0-9]+(?:\.[0-9]+)?/y;

export class Lexer {
  /** The token the lexer stands at. */
  token: Token = { kind: 'end', start: 0, end: 0 };
  /** What is beyond the limit is not cut into tokens: coming to its end is a fault where that is not the end of all. */
  private readonly text: string;
  private readonly faults: StringFaults;
  private position = 0;
  private insideRange = false;

  /** Stands at the first token. @throws SheafError as advance does */
  constructor(faults: StringFaults) {
    this.text = faults.text.slice(0, limits.queryTextLengthMax);
    this.faults = faults;
    this.advance();
  }

  /**
   * Moves to the next token; past the end it stays there.
   * @throws SheafError QUERY_STRING_INVALID, QUERY_STRING_QUOTES, QUERY_TEXT_TOO_LONG
   */
  advance(): void {
    const afterColon = this.token.kind === 'colon';
    const before = this.position;
    while (this.position < this.text.length && space.test(this.text[this.position]!)) this.position++;
    if (afterColon && this.position > before)
      throw this.faults.unexpected(before, before + 1, 'a value directly after the colon');
    const next = this.text[this.position];
    const isSuffix = next !== undefined && suffix.test(next) && !this.insideRange;
    this.token = isSuffix ? this.suffix(next, before) : this.read(afterColon || this.insideRange);
    this.position = this.token.end;
    if (this.token.end === this.text.length) this.requireEnd();
  }

  private requireEnd(): void {
    const limit = limits.queryTextLengthMax;
    const actual = this.faults.text.length;
    if (actual > limit) throw this.faults.fault('QUERY_TEXT_TOO_LONG', limit, { limit, actual });
  }

  private read(asValue: boolean): Token {
    const start = this.position;
    const end = start + 1;
    const character = this.text[start];
    switch (character) {
      case undefined:
        return { kind: 'end', start, end: start };
      case '(':
        return { kind: 'open', start, end };
      case ')':
        return { kind: 'close', start, end };
      case '[':
      case '{':
        this.insideRange = true;
        return { kind: 'rangeOpen', inclusive: character === '[', start, end };
      case ']':
      case '}':
        this.insideRange = false;
        return { kind: 'rangeClose', inclusive: character === ']', start, end };
    }
    if (character === '"' && !this.insideRange) return this.phrase();
    if (asValue) return this.isLoneStar() ? { kind: 'star', start, end } : this.word(true);
    if (character === ':') return { kind: 'colon', start, end };
    if (character === '+' || character === '-') return this.sign(character);
    if (this.isLoneStar())
      throw this.faults.unexpected(start, end, 'a field and a colon directly before it, or letters');
    if (character === '!') throw this.faults.unexpected(start, end, 'NOT or -, or \\! for the character itself');
    return this.word(false);
  }

  private isLoneStar(): boolean {
    const next = this.text[this.position + 1];
    return this.text[this.position] === '*' && (next === undefined || wordEnd.test(next) || suffix.test(next));
  }

  /** @param before where the token before ends: there must be no space between */
  private suffix(character: string, before: number): Token {
    const start = this.position;
    const after = ['word', 'phrase', 'star', 'close', 'rangeClose', 'tilde'];
    if (start > before || !after.includes(this.token.kind)) {
      throw this.faults.unexpected(
        start,
        start + 1,
        `an operand directly before ${character}, or \\${character} for the character itself`,
      );
    }
    digits.lastIndex = start + 1;
    const found = digits.exec(this.text)?.[0] ?? '';
    return { kind: character === '~' ? 'tilde' : 'caret', digits: found, start, end: start + 1 + found.length };
  }

  private sign(character: '+' | '-'): Token {
    const start = this.position;
    const next = this.text[start + 1];
    if (next === undefined || /[\s)+-]/.test(next)) {
      throw this.faults.unexpected(start, start + 1, `a word or parenthesis directly after ${character}`);
    }
    return { kind: character === '+' ? 'plus' : 'minus', start, end: start + 1 };
  }

  private phrase(): Token {
    const start = this.position;
    let text = '';
    for (let at = start + 1; at < this.text.length; at++) {
      if (this.text[at] === '"') return { kind: 'phrase', text, start, end: at + 1 };
      if (this.text[at] === '\\' && at + 1 < this.text.length) at++;
      text += this.text[at]!;
    }
    this.requireEnd();
    throw this.faults.fault('QUERY_STRING_QUOTES', start);
  }

  private word(asValue: boolean): Token {
    const start = this.position;
    let text = '';
    let pattern = '';
    let wild = false;
    let end = start;
    while (end < this.text.length) {
      const character = this.text[end]!;
      if (wordEnd.test(character) || (character === ':' && !asValue)) break;
      if (suffix.test(character) && !this.insideRange) break;
      this.refuse(character, end);
      const escaped = character === '\\';
      if (escaped) end++;
      const literal = this.text[end]!;
      if (literal === '*' && !escaped) wild = true;
      else if (/[*?\\]/.test(literal)) pattern += '\\';
      pattern += literal;
      text += literal;
      end++;
    }
    return wild ? { kind: 'word', text, pattern, start, end } : this.named(text, start, end);
  }

  /** Faults of single characters that words cannot hold unescaped. */
  private refuse(character: string, position: number): void {
    if (character === '"') {
      throw this.faults.unexpected(position, position + 1, 'a space before the quote, or \\" for the character itself');
    }
    if (this.insideRange && /[*~^]/.test(character)) {
      const expected = `\\${character} for the character itself, because a bound has neither wildcards nor suffixes`;
      throw this.faults.unexpected(position, position + 1, expected);
    }
    if (character === '\\' && position + 1 === this.text.length) {
      throw this.faults.unexpected(position, position + 1, 'a character after the backslash');
    }
  }

  /** A word, or the operator it spells; an escape anywhere makes it a word. */
  private named(text: string, start: number, end: number): Token {
    const raw = this.text.slice(start, end);
    if (this.insideRange) return raw === 'TO' ? { kind: 'to', start, end } : { kind: 'word', text, start, end };
    if (raw === '&&' || raw === '||') {
      throw this.faults.unexpected(start, end, raw === '&&' ? 'AND' : 'OR');
    }
    const operator = operators.get(raw);
    return operator === undefined ? { kind: 'word', text, start, end } : { kind: operator, start, end };
  }
}
