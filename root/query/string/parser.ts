/**
 * The parser of query strings, by recursive descent; one method is one rule of the grammar in docs/query-language.md.
 *
 *     query       = list { "OR" list }
 *     list        = conjunction { conjunction }
 *     conjunction = operand { "AND" operand }
 *     operand     = ( "NOT" | "+" | "-" ) operand | primary [ "^" number ]
 *     primary     = "(" query ")" | term | word ":" value
 *     value       = term | "*" | range | "(" query ")"
 *     term        = word [ "~" [ number ] ] | phrase [ "~" number ]
 *     range       = ( "[" | "{" ) bound "TO" bound ( "]" | "}" )
 */
import { limits } from '../../../shared/limits.ts';
import type { ClauseBudget } from '../clause-budget.ts';
import type { Bound, FuzzyEdits, Item, Node } from './ast.ts';
import { Lexer } from './lexer.ts';
import type { Token } from './lexer.ts';
import type { StringFaults } from './string-faults.ts';

const edits: ReadonlyMap<string, FuzzyEdits> = new Map<string, FuzzyEdits>([
  ['', 'AUTO'],
  ['0', 0],
  ['1', 1],
  ['2', 2],
]);

type TokenOf<Kind extends Token['kind']> = Token & { readonly kind: Kind };

export interface ParseScope {
  /** Clauses around the query string; parentheses and operators before an operand add to it. */
  readonly depth: number;
  /** What is parsed costs nothing yet, but is refused where it is more than there is room for. */
  readonly budget: ClauseBudget;
}

/**
 * @throws SheafError QUERY_STRING_INVALID, QUERY_STRING_QUOTES, QUERY_TOO_DEEP, QUERY_TOO_MANY_CLAUSES, QUERY_TEXT_TOO_LONG,
 *   each with a column
 */
export function parseQueryString(faults: StringFaults, scope: ParseScope): Node {
  return new Parser(faults, scope).whole();
}

class Parser {
  private readonly faults: StringFaults;
  private readonly lexer: Lexer;
  private readonly budget: ClauseBudget;
  private depth: number;
  /** So far; each becomes a clause at least. */
  private operands = 0;

  constructor(faults: StringFaults, { depth, budget }: ParseScope) {
    this.faults = faults;
    this.lexer = new Lexer(faults);
    this.budget = budget;
    this.depth = depth;
  }

  whole(): Node {
    const node = this.query();
    if (this.lexer.token.kind !== 'end') throw this.unexpected('a word, an operator or the end');
    return node;
  }

  private query(): Node {
    const children = [this.list()];
    while (this.take('or') !== undefined) children.push(this.list());
    return children.length === 1 ? children[0]! : { kind: 'or', children };
  }

  private list(): Node {
    const items = [this.conjunction()];
    while (!this.atEndOfList()) items.push(this.conjunction());
    return items.length === 1 ? alone(items[0]!) : { kind: 'list', items };
  }

  private atEndOfList(): boolean {
    const { kind } = this.lexer.token;
    return kind === 'or' || kind === 'close' || kind === 'end' || kind === 'rangeClose';
  }

  private conjunction(): Item {
    const first = this.operand();
    if (this.lexer.token.kind !== 'and') return first;
    const children = [alone(first)];
    while (this.take('and') !== undefined) children.push(alone(this.operand()));
    return { occur: 'optional', node: { kind: 'and', children } };
  }

  private operand(): Item {
    const token = this.lexer.token;
    if (token.kind !== 'plus' && token.kind !== 'minus' && token.kind !== 'not') {
      return { occur: 'optional', node: this.boosted(this.primary()) };
    }
    this.lexer.advance();
    const node = this.deeper(token, () => alone(this.operand()));
    return { occur: token.kind === 'plus' ? 'required' : 'excluded', node };
  }

  private primary(): Node {
    const open = this.take('open');
    if (open !== undefined) return this.group(open);
    const phrase = this.take('phrase');
    if (phrase !== undefined) return this.phrase(phrase);
    const word = this.take('word');
    if (word === undefined) throw this.unexpected('a word, field:value or a parenthesis');
    const { token } = this.lexer;
    if (token.kind !== 'colon' || token.start !== word.end || word.pattern !== undefined) return this.term(word);
    this.lexer.advance();
    return { kind: 'field', name: word.text, position: word.start, child: this.value() };
  }

  private group(open: TokenOf<'open'>): Node {
    const node = this.deeper(open, () => this.query());
    this.expect('close', 'an operator, another word or )');
    return node;
  }

  private countOperand(position: number): void {
    this.budget.requireRoom(++this.operands, (code, detail) => this.faults.fault(code, position, detail));
  }

  private term({ text, pattern, start: position }: TokenOf<'word'>): Node {
    this.countOperand(position);
    if (pattern !== undefined) return { kind: 'word', text, pattern, position };
    const tilde = this.take('tilde');
    if (tilde === undefined) return { kind: 'word', text, position };
    const fuzzy = edits.get(tilde.digits);
    if (fuzzy === undefined) {
      throw this.faults.unexpected(tilde.start, tilde.end, '~, ~0, ~1 or ~2, which are edits');
    }
    return { kind: 'word', text, position, fuzzy };
  }

  private phrase({ text, start: position }: TokenOf<'phrase'>): Node {
    this.countOperand(position);
    const tilde = this.take('tilde');
    const slop = Number(tilde?.digits ?? 0);
    if (tilde !== undefined && (tilde.digits === '' || !Number.isInteger(slop) || slop > limits.slopMax)) {
      throw this.faults.unexpected(tilde.start, tilde.end, `~ and a whole number from 0 to ${limits.slopMax}`);
    }
    return { kind: 'phrase', text, slop, position };
  }

  /** What an operand's scores are multiplied with, if anything. */
  private boosted(child: Node): Node {
    const caret = this.take('caret');
    if (caret === undefined) return child;
    const boost = Number(caret.digits);
    if (caret.digits === '' || boost > limits.boostMax) {
      throw this.faults.unexpected(caret.start, caret.end, `^ and a number from 0 to ${limits.boostMax}`);
    }
    return { kind: 'boost', child, boost };
  }

  private value(): Node {
    const word = this.take('word');
    if (word !== undefined) return this.term(word);
    const phrase = this.take('phrase');
    if (phrase !== undefined) return this.phrase(phrase);
    const star = this.take('star');
    if (star !== undefined) {
      this.countOperand(star.start);
      return { kind: 'exists', position: star.start };
    }
    const open = this.take('open');
    if (open !== undefined) return this.group(open);
    const rangeOpen = this.take('rangeOpen');
    if (rangeOpen !== undefined) return this.range(rangeOpen);
    throw this.unexpected('a value, *, a range or a parenthesis after the colon');
  }

  private range(open: TokenOf<'rangeOpen'>): Node {
    this.countOperand(open.start);
    const low = this.bound();
    this.expect('to', 'TO');
    const high = this.bound();
    const close = this.expect('rangeClose', '] or }');
    const { start: position, inclusive: lowInclusive } = open;
    return { kind: 'range', low, lowInclusive, high, highInclusive: close.inclusive, position };
  }

  private bound(): Bound | null {
    if (this.take('star') !== undefined) return null;
    const word = this.expect('word', 'a bound or *');
    return { text: word.text, position: word.start };
  }

  /** Reads something nested, within the limit on depth. */
  private deeper(token: Token, read: () => Node): Node {
    if (++this.depth > limits.queryDepthMax) {
      throw this.faults.fault('QUERY_TOO_DEEP', token.start, { limit: limits.queryDepthMax, actual: this.depth });
    }
    const node = read();
    this.depth--;
    return node;
  }

  /** The token, moving past it, if it is of this kind. */
  private take<const Kind extends Token['kind']>(kind: Kind): TokenOf<Kind> | undefined {
    const { token } = this.lexer;
    if (token.kind !== kind) return undefined;
    this.lexer.advance();
    return token as TokenOf<Kind>;
  }

  private expect<const Kind extends Token['kind']>(kind: Kind, expected: string): TokenOf<Kind> {
    const token = this.take(kind);
    if (token === undefined) throw this.unexpected(expected);
    return token;
  }

  private unexpected(expected: string): Error {
    const { start, end } = this.lexer.token;
    return this.faults.unexpected(start, end, expected);
  }
}

/** An item where no list weighs it against others: `+a` is `a`, `-a` is everything else. */
function alone(item: Item): Node {
  return item.occur === 'excluded' ? { kind: 'not', child: item.node } : item.node;
}
