import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { createRandom } from '../random/random.ts';
import { countNames } from './json-shape.ts';

const { bodyDepthMax, bodyPartsMax, bodyObjectNamesMax, bodyValuesMax } = limits;
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const named = (count: number): string => Array.from({ length: count }, (_, i) => `"k${i}":1`).join(',');
const list = (value: string, count: number): string => `[${Array.from({ length: count }, () => value).join(',')}]`;

/** The names, or the code with what there is too much of and the byte that is too much. */
function outcome(text: string): number | string {
  try {
    return countNames(Buffer.from(text));
  } catch (error) {
    assert(error instanceof SheafError);
    const { what, limit, actual, positionBytes } = error.detail;
    assert.equal(actual, Number(limit) + 1);
    const parts = [error.code, what, limit, positionBytes].filter((part) => part !== undefined);
    return parts.map(String).join(' ');
  }
}

// Each row: a text, its names, or why it is refused.
const rows: [name: string, text: string, expected: number | string][] = [
  ['nothing', '', 0],
  ['an object', '{"a":1,"b":{"c":[{"d":":"}]}}', 4],
  ['what is within a string', '{"a{[:,":"\\"{[:,"}', 1],
  ['as deep as may be', nested(bodyDepthMax), 0],
  ['one level deeper', nested(bodyDepthMax + 1), `BODY_TOO_DEEP ${bodyDepthMax} ${bodyDepthMax}`],
  ['levels that end and begin', nested(bodyDepthMax).repeat(3), 0],
  ['as many names in an object as may be', `{${named(bodyObjectNamesMax)}}`, bodyObjectNamesMax],
  [
    'one name more',
    `{"a":{${named(bodyObjectNamesMax)},"x":1}}`,
    `BODY_TOO_MANY_PARTS names of one object ${bodyObjectNamesMax} ${`{"a":{${named(bodyObjectNamesMax)},"x"`.length}`,
  ],
  [
    'as many names in each of two',
    `[{${named(bodyObjectNamesMax)}},{${named(bodyObjectNamesMax)}}]`,
    2 * bodyObjectNamesMax,
  ],
  [
    'a name after an object with as many as may be',
    `{"a":{${named(bodyObjectNamesMax)}},"b":1}`,
    bodyObjectNamesMax + 2,
  ],
  ['as many parts as may be', list('[]', bodyPartsMax - 1), 0],
  [
    'one part more',
    list('[]', bodyPartsMax),
    `BODY_TOO_MANY_PARTS objects, arrays and names ${bodyPartsMax} ${1 + 3 * (bodyPartsMax - 1)}`,
  ],
  [
    'objects and names together',
    list('{"a":1}', bodyPartsMax / 2),
    `BODY_TOO_MANY_PARTS objects, arrays and names ${bodyPartsMax} ${1 + 8 * (bodyPartsMax / 2 - 1) + 4}`,
  ],
  ['as many values as may be', list('1', bodyValuesMax), 0],
  ['one value more', list('1', bodyValuesMax + 1), `BODY_TOO_MANY_PARTS values ${bodyValuesMax} ${2 * bodyValuesMax}`],
  ['a string that does not end', `"${'x'.repeat(100)}`, 0],
  ['a string that ends with a backslash', '"\\', 0],
  ['ends without beginnings', ']}]}{"a":1}', 1],
];
for (const [name, text, expected] of rows) {
  test(`countNames: ${name}`, () => assert.equal(outcome(text), expected));
}

test('countNames: as many names as a reviver is told of, whatever the text', (t) => {
  const seed = 43;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  let last = 0;
  const write = (depth: number): string => {
    const kind = random.integer(0, depth > 0 ? 3 : 1);
    if (kind === 0) return random.pick(['1', 'null', '-1.5e3', '[]', '{}']);
    if (kind === 1) return random.pick(['""', '":"', '"\\\\"', '"{\\"a\\":1}"', '"é[{"']);
    const inner = Array.from({ length: random.integer(0, 4) }, () => write(depth - 1));
    if (kind === 2) return `[${inner.join(' ,')}]`;
    return `{${inner.map((value) => `"${random.pick(['a', ':', '\\"', '{'])}${last++}" :${value}`).join(', ')}}`;
  };
  for (let run = 0; run < 2000; run++) {
    const text = write(5);
    let names = 0;
    JSON.parse(text, function (this: unknown, name, value: unknown) {
      if (name !== '' && !Array.isArray(this)) names++;
      return value;
    });
    assert.equal(countNames(Buffer.from(text)), names, text);
  }
});
