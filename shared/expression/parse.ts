/**
 * From the text of an expression to its tree, by recursive descent:
 *
 *     choice     = or, [ "?", choice, ":", choice ] ;
 *     or         = and, { "||", and } ;
 *     and        = equality, { "&&", equality } ;
 *     equality   = relation, { "==" | "!=", relation } ;
 *     relation   = sum, { "<" | "<=" | ">" | ">=", sum } ;
 *     sum        = product, { "+" | "-", product } ;
 *     product    = unary, { "*" | "/" | "%", unary } ;
 *     unary      = { "-" | "+" | "!" }, primary ;
 *     primary    = number | "true" | "false" | "NaN" | variable | call | "(", choice, ")" ;
 *     variable   = name | "params", ( ".", name | "[", string, "]" ) | document ;
 *     document   = "_score" | "doc", "[", string, "]", ".", ( "value" | "length" | "empty" | ( "size" | "isEmpty" ), "(", ")" ) ;
 *     call       = name, ".", name, "(", [ argument, { ",", argument } ], ")" ;
 *
 * A `return` before the whole and a `;` after it are passed over, as Painless has them.
 */
import { limits } from '../limits.ts';
import { fieldReads, type DocumentRead, type DocumentReads } from './document-reads.ts';
import type { BinaryOperator, Expression } from './expression.ts';
import type { ExpressionFault } from './expression-fault.ts';
import { functions, type CallableFunction } from './functions.ts';
import { tokensOf, type Token } from './tokens.ts';

export interface Names {
  /** Of numbers; the place in the list is the place of the value. */
  readonly variables: readonly string[];
  /** What the window of numbers is called; null where there is none. */
  readonly window: string | null;
  /** What is read of a document is added here, and its place comes after those of the variables. Absent where there is none. */
  readonly document?: DocumentReads | undefined;
}

/** @throws what `fault` makes, for the first fault */
export function parseExpression(text: string, names: Names, fault: ExpressionFault): Expression {
  const limit = limits.expressionLengthMax;
  if (text.length > limit) {
    throw fault({ position: limit, expected: `at most ${limit} characters`, limit, actual: text.length });
  }
  return new Parser(tokensOf(text, fault), names, fault).parse();
}

/** Loosest first. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

const constants: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
  ['NaN', NaN],
]);

const membersText = `one of ${[...fieldReads.keys()].join(', ')}`;

class Parser {
  private readonly tokens: readonly Token[];
  private readonly names: Names;
  private readonly fault: ExpressionFault;
  private next = 0;
  private depth = 0;

  constructor(tokens: readonly Token[], names: Names, fault: ExpressionFault) {
    this.tokens = tokens;
    this.names = names;
    this.fault = fault;
  }

  parse(): Expression {
    if (this.isName('return')) this.next++;
    const expression = this.choice();
    this.takes(';');
    if (this.token.kind !== 'end') throw this.unexpected('an operator, or the end');
    return expression;
  }

  private choice(): Expression {
    this.enter();
    const condition = this.binary(0);
    const expression = this.takes('?') ? this.branches(condition) : condition;
    this.depth--;
    return expression;
  }

  private branches(condition: Expression): Expression {
    const chosen = this.choice();
    this.expect(':');
    return { kind: 'choice', condition, chosen, otherwise: this.choice() };
  }

  private binary(level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.unary();
    let left = this.binary(level + 1);
    for (let operator = this.takeOneOf(operators); operator !== undefined; operator = this.takeOneOf(operators)) {
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
    return left;
  }

  private unary(): Expression {
    const isSign = this.isOperator('-') || this.isOperator('+') || this.isOperator('!');
    if (!isSign) return this.primary();
    const operator = this.take();
    this.enter();
    const operand = this.unary();
    this.depth--;
    if (operator.kind === 'operator' && operator.text === '+') return operand;
    return { kind: operator.kind === 'operator' && operator.text === '!' ? 'not' : 'negated', operand };
  }

  private primary(): Expression {
    const { token } = this;
    if (token.kind === 'number') {
      this.next++;
      return { kind: 'number', value: token.value };
    }
    if (this.takes('(')) {
      const inner = this.choice();
      this.expect(')');
      return inner;
    }
    if (token.kind !== 'name') throw this.unexpected('a number, a name, a function or "("');
    this.next++;
    return this.named(token.text, token.at);
  }

  private named(name: string, at: number): Expression {
    if (name === 'params') return this.variable(this.parameter(), at);
    if (name === 'doc' && this.names.document !== undefined) return this.read(this.fieldRead());
    if (name === '_score' && this.names.document?.hasScore === true) return this.read({ of: 'score' });
    if (this.isOperator('.')) return this.call(name, at);
    const value = constants.get(name);
    return value === undefined ? this.variable(name, at) : { kind: 'number', value };
  }

  private read(read: DocumentRead): Expression {
    return { kind: 'variable', index: this.names.variables.length + this.names.document!.placeOf(read) };
  }

  /** What stands after `doc`. */
  private fieldRead(): DocumentRead {
    this.expect('[');
    const field = this.takeText('string', 'the name of a field in quotes');
    this.expect(']');
    this.expect('.');
    const { token } = this;
    const member = this.takeText('name', membersText);
    const read = fieldReads.get(member);
    if (read === undefined) throw this.fault({ position: token.at, expected: membersText, actual: member });
    if (read.isCall) {
      this.expect('(');
      this.expect(')');
    }
    return { of: read.of, field };
  }

  /** What stands after `params`. */
  private parameter(): string {
    if (this.takes('[')) {
      const name = this.takeText('string', 'a name in quotes');
      this.expect(']');
      return name;
    }
    this.expect('.');
    return this.takeText('name', 'a name');
  }

  private variable(name: string, position: number): Expression {
    const index = this.names.variables.indexOf(name);
    if (index >= 0) return { kind: 'variable', index };
    const allowed = this.names.variables;
    if (name === this.names.window) {
      throw this.fault({ position, expected: 'a number: the window is an argument of MovingFunctions', actual: name });
    }
    throw this.fault({ position, expected: 'a name that is known', allowed, actual: name });
  }

  private call(owner: string, position: number): Expression {
    this.expect('.');
    const member = this.take();
    const name = member.kind === 'name' ? `${owner}.${member.text}` : `${owner}.`;
    const called = functions.get(name);
    if (called === undefined || (called.of === 'window' && this.names.window === null)) {
      throw this.fault({ position, expected: 'a function that is known', allowed: this.functionNames(), actual: name });
    }
    this.expect('(');
    const values = this.values(called);
    const actual = values.length + (called.of === 'window' ? 1 : 0);
    if (actual !== called.parameters) {
      throw this.fault({ position, expected: `${called.parameters} arguments of ${name}`, actual });
    }
    return { kind: 'call', called, values };
  }

  /** Of the arguments those that are numbers. */
  private values(called: CallableFunction): Expression[] {
    if (called.of === 'window') {
      const { window } = this.names;
      if (!this.isName(window!)) throw this.unexpected(`${window}, the window, as the first argument`);
      this.next++;
      if (this.takes(')')) return [];
      this.expect(',');
    } else if (this.takes(')')) return [];
    const values = [this.choice()];
    while (this.takes(',')) values.push(this.choice());
    this.expect(')');
    return values;
  }

  private functionNames(): string[] {
    return [...functions].flatMap(([name, { of }]) => (of === 'window' && this.names.window === null ? [] : [name]));
  }

  private enter(): void {
    const limit = limits.expressionDepthMax;
    if (++this.depth <= limit) return;
    throw this.fault({ position: this.token.at, expected: `at most ${limit} levels`, limit, actual: this.depth });
  }

  private get token(): Token {
    return this.tokens[this.next]!;
  }

  /** The end is never passed. */
  private take(): Token {
    const { token } = this;
    if (token.kind !== 'end') this.next++;
    return token;
  }

  private takeText(kind: 'string' | 'name', expected: string): string {
    const { token } = this;
    if ((token.kind !== 'string' && token.kind !== 'name') || token.kind !== kind) throw this.unexpected(expected);
    this.next++;
    return token.text;
  }

  private takes(operator: string): boolean {
    const is = this.isOperator(operator);
    if (is) this.next++;
    return is;
  }

  private takeOneOf(operators: readonly BinaryOperator[]): BinaryOperator | undefined {
    const found = operators.find((operator) => this.isOperator(operator));
    if (found !== undefined) this.next++;
    return found;
  }

  private isOperator(text: string): boolean {
    return this.token.kind === 'operator' && this.token.text === text;
  }

  private isName(text: string): boolean {
    return this.token.kind === 'name' && this.token.text === text;
  }

  private expect(operator: string): void {
    if (!this.takes(operator)) throw this.unexpected(`"${operator}"`);
  }

  private unexpected(expected: string): Error {
    const { token } = this;
    const actual = token.kind === 'end' ? 'the end' : token.kind === 'number' ? token.value : token.text;
    return this.fault({ position: token.at, expected, actual });
  }
}
