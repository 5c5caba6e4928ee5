import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../../shared/errors.ts';
import { RequestNode } from '../../../shared/json/request-node.ts';
import { createRandom } from '../../../shared/random/random.ts';
import type { Random } from '../../../shared/random/random.ts';
import { ClauseBudget } from '../clause-budget.ts';
import { testSchema } from '../test-schema.ts';
import type { Item, Node } from './ast.ts';
import { compileQueryString } from './compile.ts';
import { parseQueryString } from './parser.ts';
import { StringFaults } from './string-faults.ts';
import { roundsOf } from '../../../tests/stages/rounds.ts';

const seed = 20_240_531;

function faultsOf(text: string): StringFaults {
  return new StringFaults(text, RequestNode.parameter('q', text));
}

const characters = '()[]{}:+-!"*~^\\ &|\u00e9\ud83d\ude00\ud800'.split('');
const phrases = [
  'AND',
  'OR',
  'NOT',
  'TO',
  'a',
  'b1',
  'title:',
  'year:',
  'year:5',
  'tag:[a TO b]',
  'seen:',
  ' ',
  '\t\n',
];
const pieces = characters.concat(phrases);

test(`parseQueryString: whatever the text, a query or a SheafError at q with a column inside it (seed ${seed})`, () => {
  const random = createRandom(seed);
  const rounds = roundsOf(20_000);
  let parsed = 0;
  for (let round = 0; round < rounds; round++) {
    const text = Array.from({ length: random.integer(0, 12) }, () => random.pick(pieces)).join('');
    const scope = { schema: testSchema, budget: new ClauseBudget(), now: undefined };
    try {
      const faults = faultsOf(text);
      compileQueryString(parseQueryString(faults, { ...scope, depth: 0 }), scope, faults);
      parsed++;
    } catch (error) {
      assert.ok(error instanceof SheafError, `${JSON.stringify(text)}: ${String(error)}`);
      const column = error.detail['column'] as number;
      assert.ok(error.at === 'q' && column >= 1 && column <= text.length + 1, `${JSON.stringify(text)}: ${column}`);
    }
  }
  assert.ok(parsed > rounds / 40, `only ${parsed} parsed`);
});

test(`parseQueryString: a tree written with all its parentheses is read back (seed ${seed})`, () => {
  const random = createRandom(seed);
  for (let round = 0; round < 2000; round++) {
    const tree = randomNode(random, 4);
    const text = write(tree);
    const compile = (node: Node) =>
      compileQueryString(node, { schema: testSchema, budget: new ClauseBudget(), now: undefined }, faultsOf(text));
    assert.deepEqual(
      compile(parseQueryString(faultsOf(text), { budget: new ClauseBudget(), depth: 0 })),
      compile(tree),
      text,
    );
  }
});

const position = 0;

function randomNode(random: Random, depth: number): Node {
  if (depth === 0 || random.chance(0.2)) return randomLeaf(random);
  const child = () => randomNode(random, depth - 1);
  const children = () => Array.from({ length: random.integer(2, 3) }, child);
  switch (random.integer(0, 5)) {
    case 5:
      return { kind: 'boost', child: child(), boost: random.pick([0, 0.5, 2]) };
    case 0:
      return { kind: 'not', child: child() };
    case 1:
      return { kind: 'and', children: children() };
    case 2:
      return { kind: 'or', children: children() };
    case 3:
      return { kind: 'field', name: 'tag', position, child: child() };
    default: {
      const occurs = ['required', 'optional', 'excluded'] as const;
      return { kind: 'list', items: children().map((node) => ({ occur: random.pick(occurs), node })) };
    }
  }
}

function randomLeaf(random: Random): Node {
  const text = random.pick(['a', 'b', 'AND', 'x:y', '-z', '"', 'a b', '*']);
  const field = (child: Node): Node => ({ kind: 'field', name: random.pick(['tag', 'author.name']), position, child });
  const bound = () => (random.chance(0.3) ? null : { text: random.pick(['a', 'TO', '*', ']']), position });
  if (random.chance(0.1)) return { kind: 'word', text, position, pattern: random.pick(['a*', '*\\?b', 'A*\\**']) };
  if (random.chance(0.1))
    return { kind: 'phrase', text: random.pick(['a b', 'a "\\b', '']), position, slop: random.integer(0, 3) };
  if (random.chance(0.1)) return { kind: 'word', text, position, fuzzy: random.pick(['AUTO', 0, 1, 2] as const) };
  if (random.chance(0.6)) return { kind: 'word', text, position };
  if (random.chance(0.3)) return field({ kind: 'exists', position });
  const [lowInclusive, highInclusive] = [random.chance(0.5), random.chance(0.5)];
  return field({ kind: 'range', low: bound(), lowInclusive, high: bound(), highInclusive, position });
}

/** The tree as text, with parentheses around everything that has parts. */
function write(node: Node): string {
  switch (node.kind) {
    case 'word': {
      // In a query string a question mark is one, so the backslash before it in a pattern does no harm.
      if (node.pattern !== undefined) return node.pattern;
      return escape(node.text) + (node.fuzzy === undefined ? '' : `~${node.fuzzy === 'AUTO' ? '' : node.fuzzy}`);
    }
    case 'phrase':
      return `"${node.text.replaceAll(/["\\]/g, '\\$&')}"~${node.slop}`;
    case 'boost':
      return `(${write(node.child)})^${node.boost}`;
    case 'exists':
      return '*';
    case 'range': {
      const [low, high] = [node.low, node.high].map((bound) => (bound === null ? '*' : escape(bound.text)));
      return `${node.lowInclusive ? '[' : '{'}${low} TO ${high}${node.highInclusive ? ']' : '}'}`;
    }
    case 'field':
      return `${node.name}:${node.child.kind === 'field' ? `(${write(node.child)})` : part(node.child)}`;
    case 'not':
      return `NOT ${part(node.child)}`;
    case 'and':
      return node.children.map(part).join(' AND ');
    case 'or':
      return node.children.map(part).join(' OR ');
    case 'list':
      return node.items.map(writeItem).join(' ');
  }
}

const signs = { required: '+', optional: '', excluded: '-' } as const;

function writeItem({ occur, node }: Item): string {
  return `${signs[occur]}${part(node)}`;
}

function part(node: Node): string {
  const whole = node.kind === 'word' || node.kind === 'field' || node.kind === 'range' || node.kind === 'exists';
  return whole ? write(node) : `(${write(node)})`;
}

function escape(text: string): string {
  return text.replaceAll(/./gu, '\\$&');
}
