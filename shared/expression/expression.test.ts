import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { createRandom, type Random } from '../random/random.ts';
import { parseDocumentScript, parsedScriptOf } from './document-script.ts';
import { textOfRead } from './document-reads.ts';
import { costOf, evaluate } from './evaluate.ts';
import { functions } from './functions.ts';
import { parseExpression } from './parse.ts';

const variables = ['a', 'b', 'a b'];
const values = [6, -2.5, 10];
const window = [2, 4, 9];

const parse = (text: string, windowName: string | null = 'values') =>
  parseExpression(
    text,
    { variables, window: windowName },
    (detail) => new SheafError('EXPRESSION_INVALID', { detail }),
  );
const valueOf = (text: string): number => evaluate(parse(text), values, window);

// Each row: an expression where a is 6, b is −2.5, 'a b' is 10 and the window holds 2, 4 and 9; its value.
const rows: [text: string, value: number][] = [
  ['1', 1],
  ['.5e1', 5],
  ['1.', 1],
  ['1e-2', 0.01],
  ['params.a', 6],
  ['a', 6],
  [" params [ 'a b' ] ", 10],
  ['params["a b"]', 10],
  ["params['a\\ b']", 10],
  ['return params.a;', 6],
  ['params.a / params.b * 100', -240],
  ['1 / 2', 0.5],
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 4 - 3', 3],
  ['100 / 10 / 5', 2],
  ['-7 % 3', -1],
  ['2 - -3', 5],
  ['- - 2', 2],
  ['+a', 6],
  ['!0 + !5', 1],
  ['a > 5', 1],
  ['a > 6', 0],
  ['a >= 6', 1],
  ['b < -2.5', 0],
  ['b <= -2.5', 1],
  ['a == 6', 1],
  ['a != 6', 0],
  ['1 < 2 == 1', 1],
  ['a > 5 && b > 0', 0],
  ['a > 5 || b > 0', 1],
  ['1 || 0 && 0', 1],
  ['(1 || 0) && 0', 0],
  ['a > 5 ? 1 : 2', 1],
  ['0 ? 1 : 0 ? 2 : 3', 3],
  ['1 ? 0 ? 4 : 5 : 6', 5],
  ['NaN ? 1 : 2', 2],
  ['NaN == NaN', 0],
  ['NaN != NaN', 1],
  ['!NaN', 1],
  ['true && !false', 1],
  ['1 / 0', Infinity],
  ['0 / 0', NaN],
  ['Math.abs(b)', 2.5],
  ['Math.min(a, b)', -2.5],
  ['Math.max(a, Math.abs(-7))', 7],
  ['Math.floor(b)', -3],
  ['Math.ceil(b)', -2],
  ['Math.round(b)', -2],
  ['Math.round(2.5)', 3],
  ['Math.sqrt(9)', 3],
  ['Math.sqrt(-9)', NaN],
  ['Math.log(1)', 0],
  ['Math.log10(1000)', 3],
  ['Math.exp(0)', 1],
  ['Math.pow(2, 10)', 1024],
  ['MovingFunctions.max(values)', 9],
  ['MovingFunctions.min(values)', 2],
  ['MovingFunctions.sum(values)', 15],
  ['MovingFunctions.unweightedAvg(values)', 5],
  ['MovingFunctions.linearWeightedAvg(values)', 37 / 6],
  ['MovingFunctions.stdDev(values, MovingFunctions.unweightedAvg(values))', Math.sqrt(26 / 3)],
  ['MovingFunctions.ewma(values, 0.5)', 6],
  // Levels 2, 3 and 6.25; trends 0, 0.5 and 1.875.
  ['MovingFunctions.holt(values, 0.5, 0.5)', 6.25],
];
for (const [text, expected] of rows) {
  test(`expression: ${text} is ${expected}`, () => assert.equal(valueOf(text), expected));
}

test('expression: of an empty window only a sum is a number', () => {
  for (const [name, { of, parameters }] of functions) {
    if (of !== 'window') continue;
    const text = `${name}(values${', 0.5'.repeat(parameters - 1)})`;
    assert.equal(evaluate(parse(text), values, []), name.endsWith('.sum') ? 0 : NaN, text);
  }
});

// Each row: what cannot be read, where, and facts of the fault.
const faults: [text: string, position: number, facts?: Readonly<Record<string, unknown>>][] = [
  ['', 0, { actual: 'the end' }],
  ['   ', 3],
  ['1 +', 3, { actual: 'the end' }],
  ['1 2', 2, { actual: 2 }],
  ['(1', 2, { expected: '")"' }],
  ['1)', 1],
  ['a =  1', 2, { actual: '=' }],
  ['a & b', 2, { actual: '&' }],
  ['"x"', 0, { actual: 'x' }],
  ["params['a", 7, { actual: "'" }],
  ['params.c', 0, { allowed: variables, actual: 'c' }],
  ['params', 6, { expected: '"."' }],
  ['params[a]', 7, { expected: 'a name in quotes' }],
  ['params.1', 6],
  ['c', 0, { allowed: variables }],
  ['constructor', 0],
  ['values', 0, { actual: 'values' }],
  ['1 + values', 4],
  ['a.length', 0, { actual: 'a.length' }],
  ['Math.sin(1)', 0, { actual: 'Math.sin' }],
  ['Math.constructor(1)', 0],
  ['Math.max(1)', 0, { expected: '2 arguments of Math.max', actual: 1 }],
  ['Math.abs()', 0, { actual: 0 }],
  ['Math.abs(1, 2)', 0, { actual: 2 }],
  ['Math.abs 1', 9, { expected: '"("' }],
  ['MovingFunctions.max()', 20],
  ['MovingFunctions.max(a)', 20],
  ['MovingFunctions.ewma(values)', 0, { expected: '2 arguments of MovingFunctions.ewma', actual: 1 }],
  ['1 ? 2', 5, { expected: '":"' }],
  ['return', 6],
  ['1;;', 2],
  ['new Date()', 0],
  ['a = 1', 2],
  ['({})', 1],
  ['`a`', 0],
];
for (const [text, position, facts = {}] of faults) {
  test(`expression: refuses ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parse(text),
      (error) => {
        assert.ok(error instanceof SheafError && error.code === 'EXPRESSION_INVALID', String(error));
        const { detail } = error;
        assert.equal(detail['position'], position, JSON.stringify(detail));
        assert.equal(typeof detail['expected'], 'string');
        assert.deepEqual(Object.fromEntries(Object.keys(facts).map((name) => [name, detail[name]])), facts);
        return true;
      },
    );
  });
}

test('expression: without a window there are no functions of one', () => {
  assert.throws(
    () => parse('MovingFunctions.sum(values)', null),
    (error) =>
      error instanceof SheafError &&
      (error.detail['allowed'] as string[]).every((name) => name.startsWith('Math.')) &&
      error.detail['position'] === 0,
  );
});

test('expression: is bounded in length and depth', () => {
  const { expressionLengthMax: length, expressionDepthMax: depth } = limits;
  assert.equal(evaluate(parse('1'.padEnd(length)), values), 1);
  assert.throws(() => parse('1'.padEnd(length + 1)), /cannot be read/);
  const nested = [
    (levels: number) => `${'('.repeat(levels)}1${')'.repeat(levels)}`,
    (levels: number) => `${'-'.repeat(levels)}1`,
    (levels: number) => `${'!'.repeat(levels)}1`,
    (levels: number) => `${'1?1:'.repeat(levels)}1`,
    (levels: number) => `${'Math.abs('.repeat(levels)}1${')'.repeat(levels)}`,
  ];
  for (const make of nested) {
    assert.doesNotThrow(() => evaluate(parse(make(depth - 1)), values));
    assert.throws(() => parse(make(depth)), /cannot be read/);
  }
  const long = Array.from({ length: length / 2 }, () => '1').join('+');
  assert.equal(evaluate(parse(long), values), length / 2);
});

test('costOf: each node is a step, and each number of a window', () => {
  assert.equal(costOf(parse('a')), 1);
  assert.equal(costOf(parse('a + b * 2')), 5);
  assert.equal(costOf(parse('a > 1 ? -a : Math.max(a, b)')), 9);
  assert.equal(costOf(parse('MovingFunctions.ewma(values, 0.5) + MovingFunctions.sum(values)'), 100), 204);
});

interface Made {
  readonly text: string;
  readonly value: number;
  /** How tightly it binds; 9 for what needs no parentheses. */
  readonly binds: number;
}

const truth = (value: number): boolean => value !== 0 && !Number.isNaN(value);

const operators: [operator: string, binds: number, of: (a: number, b: number) => number][] = [
  ['||', 1, (a, b) => Number(truth(a) || truth(b))],
  ['&&', 2, (a, b) => Number(truth(a) && truth(b))],
  ['==', 3, (a, b) => Number(a === b)],
  ['!=', 3, (a, b) => Number(a !== b)],
  ['<', 4, (a, b) => Number(a < b)],
  ['>=', 4, (a, b) => Number(a >= b)],
  ['+', 5, (a, b) => a + b],
  ['-', 5, (a, b) => a - b],
  ['*', 6, (a, b) => a * b],
  ['/', 6, (a, b) => a / b],
  ['%', 6, (a, b) => a % b],
];

/** A text with as few parentheses as it needs, or more, and its value, computed while the text is made. */
function made(random: Random, depth: number): Made {
  if (depth === 0 || random.chance(0.2)) {
    const i = random.integer(0, 2);
    const variable = [
      { text: 'params.a', value: 6 },
      { text: 'b', value: -2.5 },
      { text: "params['a b']", value: 10 },
    ][i]!;
    const number = random.pick([0, 1, 2.5, 1e3]);
    return random.chance(0.5) ? { ...variable, binds: 9 } : { text: String(number), value: number, binds: 9 };
  }
  const inner = (): Made => made(random, depth - 1);
  const within = (part: Made, binds: number): string =>
    part.binds < binds || random.chance(0.1) ? `(${part.text})` : part.text;
  const kind = random.integer(0, 9);
  if (kind === 0) {
    const [condition, chosen, otherwise] = [inner(), inner(), inner()];
    const text = `${within(condition, 1)} ? ${within(chosen, 0)} : ${within(otherwise, 0)}`;
    return { text, value: truth(condition.value) ? chosen.value : otherwise.value, binds: 0 };
  }
  if (kind === 1) {
    const operand = inner();
    return { text: `-${within(operand, 7)}`, value: -operand.value, binds: 7 };
  }
  if (kind === 2) {
    const operand = inner();
    return { text: `!${within(operand, 7)}`, value: Number(!truth(operand.value)), binds: 7 };
  }
  if (kind === 3) {
    const [a, b] = [inner(), inner()];
    return { text: `Math.min(${a.text}, ${b.text})`, value: Math.min(a.value, b.value), binds: 9 };
  }
  const [operator, binds, of] = random.pick(operators);
  const [left, right] = [inner(), inner()];
  const space = random.pick(['', ' ', '\n']);
  // Of two of a kind the left one binds first.
  const text = `${within(left, binds)}${space}${operator}${space}${within(right, binds + 1)}`;
  return { text, value: of(left.value, right.value), binds };
}

test('expression: random ones are worth what they were made to be', (t) => {
  const seed = 94;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  let compared = 0;
  for (let i = 0; i < 5000; i++) {
    const { text, value } = made(random, 4);
    if (text.length > limits.expressionLengthMax) continue;
    assert.equal(valueOf(text), value, `seed ${seed}: ${text}`);
    compared++;
  }
  assert.ok(compared > 4500, String(compared));
});

test('expression: random noise is read or refused, and nothing else', (t) => {
  const seed = 95;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const words = [
    'a',
    '1',
    'params',
    '.',
    '[',
    ']',
    "'a b'",
    '(',
    ')',
    '?',
    ':',
    '-',
    '!',
    '&&',
    'Math',
    'values',
    ',',
    ' ',
    '\\',
    'é',
  ];
  let read = 0;
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: random.integer(1, 8) }, () => random.pick(words)).join('');
    try {
      assert.equal(typeof valueOf(text), 'number');
      read++;
    } catch (error) {
      assert.ok(error instanceof SheafError, `seed ${seed}: ${text}: ${String(error)}`);
    }
  }
  assert.ok(read > 100, String(read));
});

// Each row: an expression of documents, and what it reads in the order of its places.
const reads: [text: string, read: readonly string[]][] = [
  ['1', []],
  ["doc['f'].value", ["doc['f'].value"]],
  ['doc["f"].value + doc[\'f\'].value', ["doc['f'].value"]],
  ["doc['f'].length + doc['f'].size()", ["doc['f'].size()"]],
  ["doc['f'].isEmpty() ? _score : doc['g'].value", ["doc['f'].empty", '_score', "doc['g'].value"]],
  ["doc['a b'].empty + _score + _score", ["doc['a b'].empty", '_score']],
];
for (const [text, expected] of reads) {
  test(`parseDocumentScript: ${text}`, () => {
    const { reads: found } = parseDocumentScript({ source: text, params: {} }, true, () => new SheafError('INTERNAL'));
    assert.deepEqual(found.map(textOfRead), expected);
  });
}

test('parseDocumentScript: parameters come first, then what is read, at places of their own', () => {
  const script = { source: "params.b - params.a * _score - doc['f'].value", params: { a: 2, b: 100 } };
  const { expression, constants } = parsedScriptOf(script);
  assert.deepEqual(constants, [2, 100]);
  assert.equal(evaluate(expression, [...constants, 10, 7]), 73);
  assert.equal(parsedScriptOf(script), parsedScriptOf(script));
});

test('parseExpression: where there is no document, nothing of one is known', () => {
  for (const text of ["doc['f'].value", '_score']) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof SheafError && error.detail['position'] === 0,
    );
  }
});
