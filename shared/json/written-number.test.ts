import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { integerWithin, numberThat, readString } from './readers.ts';
import { RequestNode } from './request-node.ts';
import { quoteAsWritten, rememberText, writtenNumber } from './written-number.ts';

// Each row: JSON, a place in it, the number there as it is written.
const rows: [json: string, at: string, written: string | undefined][] = [
  ['9007199254740993', '', '9007199254740993'],
  ['{"n": 9007199254740993}', '/n', '9007199254740993'],
  [
    '{"a": [1, {"b/c~d": 0.1000000000000000055511151231257827}]}',
    '/a/1/b~1c~0d',
    '0.1000000000000000055511151231257827',
  ],
  ['[1e999]', '/0', '1e999'],
  ['[1.50]', '/0', '1.50'],
  ['\ufeff[-0]', '/0', '-0'],
  ['{"__proto__": 5}', '/__proto__', '5'],
  ['{"n": "5"}', '/n', undefined],
  ['{"n": 5}', '/m', undefined],
  ['[[5]]', '/0', undefined],
  [`[${'9'.repeat(100)}]`, '/0', `${'9'.repeat(60)}…`],
  [`${'['.repeat(100_000)}1${']'.repeat(100_000)}`, '/0', undefined],
];
for (const [json, at, written] of rows) {
  test(`writtenNumber: ${json.slice(0, 40)} at ${at}`, () => {
    assert.equal(writtenNumber(Buffer.from(json), at), written);
  });
}

test('quoteAsWritten: only what a fault quotes as a number', () => {
  const json = Buffer.from('{"n": 9007199254740993}');
  const quoted = (actual: unknown): unknown => quoteAsWritten({ at: '/n', detail: { actual } }, json).detail.actual;
  assert.deepEqual(['9007199254740992', '"x"', 'null', 'an object', 5, undefined].map(quoted), [
    '9007199254740993',
    '"x"',
    'null',
    'an object',
    5,
    undefined,
  ]);
});

function actualOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    if (error instanceof SheafError) return error.detail['actual'];
  }
  return 'no fault';
}

// Each row: a value of a body, how faults quote it: of its type, of a whole number up to 100, and of a number below 1.
const bodies: [written: string, asType: string, asWhole: unknown, asNumber: unknown][] = [
  ['9007199254740993', '9007199254740993', '9007199254740993', '9007199254740993'],
  ['123', '123', 123, 123],
  ['100.00000000000000001', '100.00000000000000001', 'no fault', '100.00000000000000001'],
  ['1.00000000000000000001', '1.00000000000000000001', 'no fault', '1.00000000000000000001'],
  ['1e400', '1e400', '1e400', '1e400'],
];
for (const [written, ...expected] of bodies) {
  test(`RequestNode: quotes ${written} of a body as it is written`, () => {
    const text = Buffer.from(`{"n": ${written}}`);
    const value = JSON.parse(text.toString()) as { readonly n: number };
    rememberText(value, text);
    const node = RequestNode.body(value).child('n', value.n);
    const readers = [readString, integerWithin(0, 100), numberThat('below 1', (one) => one < 1)];
    assert.deepEqual(
      readers.map((reader) => actualOf(() => reader(node))),
      expected,
    );
  });
}

test('RequestNode: quotes a number of a parameter as it is written, and none that it does not know the text of', () => {
  const read = integerWithin(0, 10);
  const ofParameter = RequestNode.parameter('size', Number('9007199254740993'), '9007199254740993');
  assert.equal(
    actualOf(() => read(ofParameter)),
    '9007199254740993',
  );
  assert.equal(
    actualOf(() => readString(RequestNode.body(Number('9007199254740993')))),
    'a number',
  );
});
