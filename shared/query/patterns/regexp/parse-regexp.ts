/** Lucene's syntax of regular expressions, read by descent. */
import { limits } from '../../../limits.ts';
import { anyCodePoint, codePointsOf, otherCodePoints, type CodePoints } from './code-points.ts';
import { inAnyCase } from './letter-cases.ts';
import { numericInterval } from './numeric-interval.ts';
import type { SheafError } from '../../../errors.ts';
import { regexpFault } from './regexp-fault.ts';
import { characters, combined, repeated, type RegexpNode } from './regexp-node.ts';

/** What means something only where it is asked for: `~`, `<1-100>`, `&`, `@`, `#`. */
export const regexpOperators = ['COMPLEMENT', 'INTERVAL', 'INTERSECTION', 'ANYSTRING', 'EMPTY'] as const;
export type RegexpOperator = (typeof regexpOperators)[number];

export interface RegexpSyntax {
  readonly pattern: string;
  readonly operators: readonly RegexpOperator[];
  /** Whether a character is meant in any case. */
  readonly isCaseInsensitive: boolean;
}

/**
 * Whoever calls: a root reads what a client sent, a leaf what some root did. Cost: linear in the pattern, whose length and
 * levels are limited first, so that the tree is never deeper than what goes over it may recur.
 *
 * @throws SheafError REQUEST_VALUE_INVALID with the column, counted from 1 in characters, or with the limit
 */
export function parseRegexp(syntax: RegexpSyntax): RegexpNode {
  const { length } = syntax.pattern;
  const limit = limits.patternLengthMax;
  if (length > limit)
    throw regexpFault({ expected: `a pattern of at most ${limit} characters`, limit, actual: length });
  return new Parser(syntax).parse();
}

/** ASCII only, as Lucene has them. */
const classes: ReadonlyMap<string, CodePoints> = new Map([
  ['d', [0x30, 0x39]],
  ['s', codePointsOf([0x20, 0x20, 0x09, 0x0a, 0x0d, 0x0d])],
  ['w', codePointsOf([0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a])],
]);

const repetitions: ReadonlyMap<string, readonly [min: number, max: number]> = new Map([
  ['?', [0, 1]],
  ['*', [0, Infinity]],
  ['+', [1, Infinity]],
]);

class Parser {
  private readonly characters: readonly string[];
  private readonly operators: ReadonlySet<RegexpOperator>;
  private readonly isCaseInsensitive: boolean;
  private at = 0;
  private depth = 0;

  constructor({ pattern, operators, isCaseInsensitive }: RegexpSyntax) {
    this.characters = Array.from(pattern);
    this.operators = new Set(operators);
    this.isCaseInsensitive = isCaseInsensitive;
  }

  parse(): RegexpNode {
    if (this.characters.length === 0) return combined('concatenation', []);
    const node = this.union();
    if (this.at < this.characters.length) throw this.fault('no ) without a ( before it');
    return node;
  }

  private union(): RegexpNode {
    const parts = [this.intersection()];
    while (this.take('|')) parts.push(this.intersection());
    return combined('union', parts);
  }

  private intersection(): RegexpNode {
    const parts = [this.concatenation()];
    while (this.takeOperator('INTERSECTION', '&')) parts.push(this.concatenation());
    return combined('intersection', parts);
  }

  private concatenation(): RegexpNode {
    const parts = [this.repetition()];
    while (this.at < this.characters.length && !this.isAtEndOfPart()) parts.push(this.repetition());
    return combined('concatenation', parts);
  }

  private isAtEndOfPart(): boolean {
    const next = this.characters[this.at]!;
    return next === ')' || next === '|' || (next === '&' && this.operators.has('INTERSECTION'));
  }

  private repetition(): RegexpNode {
    let node = this.complement();
    // Each stands for a level of the tree, as parentheses do.
    for (let level = 1; ; level++) {
      const times = this.times();
      if (times === null) return node;
      this.requireDepth(this.depth + level);
      node = repeated(node, ...times);
    }
  }

  /** How often what stands before is meant, where that is said. */
  private times(): readonly [min: number, max: number] | null {
    if (this.take('{')) return this.bounds();
    const times = repetitions.get(this.characters[this.at] ?? '');
    if (times === undefined) return null;
    this.at++;
    return times;
  }

  /** What stands between braces. */
  private bounds(): [min: number, max: number] {
    const min = this.count();
    if (min === null) throw this.fault('a number of times, such as {2}, {2,} or {2,5}');
    const start = this.at;
    const max = this.take(',') ? (this.count() ?? Infinity) : min;
    if (!this.take('}')) throw this.fault('a } that ends the number of times');
    if (max < min) throw this.fault(`no less than the ${min} before it`, start + 1);
    return [min, max];
  }

  private count(): number | null {
    const start = this.at;
    while (/^[0-9]$/.test(this.characters[this.at] ?? '')) this.at++;
    return start === this.at ? null : Number(this.characters.slice(start, this.at).join(''));
  }

  private complement(): RegexpNode {
    if (!this.takeOperator('COMPLEMENT', '~')) return this.single();
    return { kind: 'complement', part: this.nested(() => this.complement()) };
  }

  private single(): RegexpNode {
    if (this.take('[')) return characters(this.characterClass());
    if (this.take('(')) return this.group();
    if (this.take('"')) return this.quoted();
    if (this.take('.')) return characters(anyCodePoint);
    if (this.takeOperator('EMPTY', '#')) return characters([]);
    if (this.takeOperator('ANYSTRING', '@')) return repeated(characters(anyCodePoint), 0, Infinity);
    if (this.takeOperator('INTERVAL', '<')) return this.interval();
    const next = this.characters[this.at];
    if (next !== undefined && (this.isAtEndOfPart() || next === '{' || repetitions.has(next))) {
      throw this.fault(`something before ${next}, or \\${next} for the character itself`);
    }
    return characters(this.escapedClass() ?? this.inCase(oneCodePoint(this.character())));
  }

  private group(): RegexpNode {
    const start = this.at;
    if (this.take(')')) return combined('concatenation', []);
    const node = this.nested(() => this.union());
    if (!this.take(')')) throw this.fault('a ) that closes this (', start - 1);
    return node;
  }

  private quoted(): RegexpNode {
    const start = this.at;
    const end = this.characters.indexOf('"', start);
    if (end < 0) throw this.fault('a " that closes this one', start - 1);
    this.at = end + 1;
    const parts = this.characters
      .slice(start, end)
      .map((character) => characters(this.inCase(oneCodePoint(codeOf(character)))));
    return combined('concatenation', parts);
  }

  private interval(): RegexpNode {
    const start = this.at;
    const end = this.characters.indexOf('>', start);
    const found = /^(\d+)-(\d+)$/.exec(this.characters.slice(start, Math.max(start, end)).join(''));
    if (found === null) throw this.fault('an interval such as <1-100>, or \\< for the character itself', start - 1);
    this.at = end + 1;
    return numericInterval(found[1]!, found[2]!);
  }

  /** What stands between brackets; the first character is one of them, even if it is ]. */
  private characterClass(): CodePoints {
    const start = this.at;
    const isNegated = this.take('^');
    const classRuns: number[] = [];
    const ranges: number[] = [];
    do {
      if (this.at === this.characters.length) throw this.fault('a ] that closes this [', start - 1);
      const escaped = this.escapedClass();
      if (escaped === null) ranges.push(...this.range());
      else classRuns.push(...escaped);
    } while (!this.take(']'));
    // All at once: each long range has other cases by the thousand, and many may be the same ones.
    const set = codePointsOf([...classRuns, ...this.inCase(codePointsOf(ranges))]);
    return isNegated ? otherCodePoints(set) : set;
  }

  private range(): readonly [first: number, last: number] {
    const start = this.at;
    const first = this.character();
    if (!this.take('-')) return [first, first];
    // As everywhere a backslash before a letter is a class, which no range can end with.
    if (this.escapedClass() !== null) throw this.fault('a range that ends with a character', start);
    const last = this.character();
    if (last < first) throw this.fault('a range that ascends', start);
    return [first, last];
  }

  /** Whether a backslash and a letter stand for a class; then which. */
  private escapedClass(): CodePoints | null {
    if (this.characters[this.at] !== '\\') return null;
    const letter = this.characters[this.at + 1] ?? '';
    if (!/^[A-Za-z]$/.test(letter)) return null;
    const set = classes.get(letter.toLowerCase());
    if (set === undefined) throw this.fault('\\d, \\D, \\w, \\W, \\s, \\S or a character that is no letter after \\');
    this.at += 2;
    return letter === letter.toLowerCase() ? set : otherCodePoints(set);
  }

  /** One that is meant as it is; a backslash before it says so. */
  private character(): number {
    const start = this.at;
    this.take('\\');
    const character = this.characters[this.at];
    if (character === undefined) throw this.fault('a character', start);
    this.at++;
    return codeOf(character);
  }

  private inCase(set: CodePoints): CodePoints {
    return this.isCaseInsensitive ? inAnyCase(set) : set;
  }

  private nested<T>(read: () => T): T {
    this.requireDepth(++this.depth);
    const node = read();
    this.depth--;
    return node;
  }

  private requireDepth(depth: number): void {
    const limit = limits.queryDepthMax;
    if (depth <= limit) return;
    throw regexpFault({ expected: `at most ${limit} levels of (, ~ and repetitions of repetitions`, limit });
  }

  private takeOperator(operator: RegexpOperator, character: string): boolean {
    return this.operators.has(operator) && this.take(character);
  }

  private take(character: string): boolean {
    if (this.characters[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private fault(expected: string, at = this.at): SheafError {
    const found = this.characters[at] ?? 'the end';
    return regexpFault({ expected, found, column: at + 1 });
  }
}

function oneCodePoint(code: number): CodePoints {
  return [code, code];
}

function codeOf(character: string): number {
  return character.codePointAt(0)!;
}
