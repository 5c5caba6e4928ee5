import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../random/random.ts';
import { parseInSteps, pieceBytes } from './parse-in-steps.ts';

interface Read {
  readonly value?: unknown;
  readonly isFault: boolean;
}

function read(parse: () => unknown): Read {
  try {
    return { value: parse(), isFault: false };
  } catch (error) {
    assert.ok(error instanceof SyntaxError);
    return { isFault: true };
  }
}

function allSteps(text: string): unknown {
  const steps = parseInSteps(Buffer.from(text));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function sameAsParse(text: string): Read {
  const expected = read(() => JSON.parse(text));
  const actual = read(() => allSteps(text));
  assert.deepEqual(actual, expected, text.length < 300 ? text : `${text.slice(0, 150)} … ${text.slice(-150)}`);
  return actual;
}

const long = 'x'.repeat(pieceBytes);
const many = `${'1,'.repeat(pieceBytes)}2`;

// Each row: a text that is taken apart where it is JSON.
const rows: readonly string[] = [
  '0',
  '"a"',
  '',
  ' ',
  `[${many}]`,
  ` [ ${many} ] `,
  `[${many}] x`,
  `[${many}`,
  `[${many},]`,
  `[${many},,1]`,
  `[,${many}]`,
  `[${many}}`,
  `{"a":[${many}]}`,
  `{"a":[${many}]]`,
  `{"a":[${many}],}`,
  `{"a":[${many}],"b":1}`,
  `{"a":[${many}] "b":1}`,
  `{"a":1,"b":[${many}],"c":[{"d":[${many}]},3]}`,
  `{"a" : [${many}] , "b" : 2}`,
  `{"a"[${many}]}`,
  `{[${many}]}`,
  `{"a":1,"c":2"b":[${many}]}`,
  `{"a":1,,"b":[${many}]}`,
  `{"a":1 [${many}]}`,
  `{"a":1[${many}]}`,
  `x[${many}]`,
  `1 [${many}]`,
  `[1][${many}]`,
  `,[${many}]`,
  `\ufeff[${many}]`,
  `[\v[${many}]]`,
  `[1,\u2028[${many}]]`,
  `[[${many}] x,1]`,
  `[[${many}],]`,
  ` \t\r\n[${many}]`,
  `{"a":1e[${many}]}`,
  `{"a":-[${many}]}`,
  `{"a":1.[${many}]}`,
  `[1 [${many}]]`,
  `[[${many}],[${many}]]`,
  `[[${many}][${many}]]`,
  `[[[[[[${many}]]]]]]`,
  `{"__proto__":[${many}],"a":{"__proto__":{"b":1},"c":[${many}]}}`,
  `{"${long}":1,"__proto__":{"a":1},"b":"${long}","a":2}`,
  `{"a":[${many}],"a":1}`,
  `{"a":1,"2":[${many}],"1":[${many}]}`,
  `["${long}","\\"${long}\\\\","[{,${long}]"]`,
  `["${long}","${long}`,
  `["${long}\\`,
  `["ü€😀${long}","ü€😀${long}"]`,
  `["${long}","\u0001"]`,
  ']',
  '[}',
  `[${many},{]}]`,
];
test('parseInSteps: what JSON.parse makes of a text, or a fault where it makes one', () => {
  for (const text of rows) sameAsParse(text);
});

function anyValue(random: Random, depth: number): unknown {
  const kind = random.integer(0, depth === 0 ? 3 : 5);
  if (kind === 0) return random.pick([null, true, -0.5, 1e300]);
  if (kind === 1) return random.pick(['', '"', '\\', ',]}', 'ü', '€'.repeat(random.integer(0, 900))]);
  if (kind < 4) return random.integer(0, 1e9);
  const size = random.integer(0, random.pick([2, 8, 400]));
  const items = Array.from({ length: size }, () => anyValue(random, depth - 1));
  if (kind === 4) return items;
  return Object.fromEntries(items.map((item, i) => [random.pick([`${i}`, `name ${i}`, '__proto__', '"', 'a']), item]));
}

test('parseInSteps: the same as JSON.parse of random texts, whole and spoiled', (t) => {
  const seed = 59100100;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  let faults = 0;
  for (let run = 0; run < 150; run++) {
    const text = JSON.stringify(anyValue(random, 3), null, random.pick([0, 0, 1]));
    assert.equal(sameAsParse(text).isFault, false);
    for (let time = 0; time < 3; time++) {
      const at = random.integer(0, text.length);
      const put = random.pick(['', ',', '[', ']', '{', '}', '"', ':', '1', ' ']);
      if (sameAsParse(text.slice(0, at) + put + text.slice(at + random.integer(0, 1))).isFault) faults++;
    }
  }
  assert.ok(faults > 100);
});

/** The most bytes that JSON.parse is given between two yields. */
function mostParsed(text: string): number {
  let most = 0;
  let parsed = 0;
  const { parse } = JSON;
  JSON.parse = (piece: string): unknown => {
    parsed += piece.length;
    return parse(piece);
  };
  try {
    for (const steps = parseInSteps(Buffer.from(text)); ;) {
      parsed = 0;
      const { done } = steps.next();
      most = Math.max(most, parsed);
      if (done === true) return most;
    }
  } finally {
    JSON.parse = parse;
  }
}

const bucket = (key: number, inner: unknown): unknown => ({ key, count: 1, aggregations: inner });
const buckets = (count: number, inner: unknown): unknown[] => Array.from({ length: count }, (_, i) => bucket(i, inner));
const nested: [name: string, value: unknown][] = [
  ['one list', { x: { kind: 'terms', buckets: buckets(20_000, {}) } }],
  ['a long list in a bucket', { x: { buckets: buckets(3, { y: { buckets: buckets(9000, {}) } }) } }],
  ['short lists in many', { x: { buckets: buckets(3000, { y: { buckets: buckets(9, {}) } }) } }],
  ['members of an object', Object.fromEntries(buckets(20_000, {}).map((each, i) => [`n${i}`, each]))],
];
for (const [name, value] of nested) {
  test(`parseInSteps: ${name}: never much at a time`, () => {
    const most = mostParsed(JSON.stringify(value));
    assert.ok(most > pieceBytes / 2 && most < 4 * pieceBytes, `${most} bytes at once`);
  });
}
