/** The words of an expression. */
import type { ExpressionFault } from './expression-fault.ts';

export type Token =
  | { readonly kind: 'number'; readonly at: number; readonly value: number }
  | { readonly kind: 'name' | 'string' | 'operator'; readonly at: number; readonly text: string }
  | { readonly kind: 'end'; readonly at: number };

/** Longer ones first, as the first that fits is taken. */
const operators = '&& || == != <= >= + - * / % < > ! ? : ( ) [ ] . , ;'.split(' ');

const space = /\s*/y;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const name = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/y;

/** All of a text, with an end after them. Cost: its characters. @throws what `fault` makes */
export function tokensOf(text: string, fault: ExpressionFault): Token[] {
  const tokens: Token[] = [];
  for (let at = skip(text, 0); at < text.length;) {
    const { token, end } = tokenAt(text, at, fault);
    tokens.push(token);
    at = skip(text, end);
  }
  return [...tokens, { kind: 'end', at: text.length }];
}

interface Found {
  readonly token: Token;
  readonly end: number;
}

function tokenAt(text: string, at: number, fault: ExpressionFault): Found {
  const digits = matchAt(number, text, at);
  if (digits !== null) return { token: { kind: 'number', at, value: Number(digits[0]) }, end: at + digits[0].length };
  const word = matchAt(name, text, at);
  if (word !== null) return { token: { kind: 'name', at, text: word[0] }, end: at + word[0].length };
  const string = matchAt(quoted, text, at);
  if (string !== null) {
    const unescaped = (string[1] ?? string[2] ?? '').replaceAll(/\\(.)/gu, '$1');
    return { token: { kind: 'string', at, text: unescaped }, end: at + string[0].length };
  }
  const operator = operators.find((each) => text.startsWith(each, at));
  if (operator === undefined) {
    throw fault({ position: at, expected: 'a number, a name or an operator', actual: text.slice(at, at + 1) });
  }
  return { token: { kind: 'operator', at, text: operator }, end: at + operator.length };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function skip(text: string, at: number): number {
  return at + (matchAt(space, text, at)?.[0].length ?? 0);
}
