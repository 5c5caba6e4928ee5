import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { findDuplicateKey } from './duplicate-key.ts';

const find = (text: string) => findDuplicateKey(Buffer.from(text), JSON.parse(text));

// Each row: a text; where the second of two equal names points to, or null.
const rows: [text: string, at: string | null][] = [
  ['{}', null],
  ['1', null],
  ['":"', null],
  ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', null],
  ['{"a":"\\"a\\":1,","b":"\\\\"}', null],
  ['{"a":1,"a":1}', '/a'],
  ['{"a":1 , "a" : 2}', '/a'],
  ['{"a":1,"\\u0061":2}', '/a'],
  ['{"é":1,"\\u00e9":2}', '/é'],
  ['{"":1,"":2}', '/'],
  ['{"__proto__":1}', null],
  ['{"__proto__":1,"__proto__":{}}', '/__proto__'],
  ['{"1":0,"1":0}', '/1'],
  ['{"x":[0,{"y/~":{"b":[],"b":{}}}]}', '/x/1/y~1~0/b'],
  ['[[{"a":1}],{"a":1,"b":[1,2],"a":3}]', '/1/a'],
];
for (const [text, at] of rows) {
  test(`findDuplicateKey: ${text}`, () => {
    assert.equal(find(text)?.at ?? null, at);
  });
}

test('findDuplicateKey: says which name and where its second one stands, in characters', () => {
  assert.deepEqual(find('{"ü":1,"b":2,"ü":3}'), { at: '/ü', detail: { name: 'ü', position: 13 } });
});

test('findDuplicateKey: no nesting is too deep', () => {
  const depth = 200_000;
  const text = `${'{"a":['.repeat(depth)}{"b":1,"b":2}${']}'.repeat(depth)}`;
  assert.equal(find(text)?.detail.name, 'b');
  assert.equal(find('['.repeat(depth) + ']'.repeat(depth)), null);
});

test('findDuplicateKey: no string is too long', () => {
  for (const long of ['x'.repeat(10_000_000), '\\\\'.repeat(5_000_000)]) {
    assert.equal(find(`{"s":"${long}","b":1,"b":2}`)?.at, '/b');
  }
});

test('findDuplicateKey: agrees with writing what was parsed, whatever the text', (t) => {
  const seed = 16;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const names = ['a', 'b', '\\u0061', '\\"', ':', 'constructor', '0'];
  const write = (depth: number): string => {
    const kind = random.integer(0, depth > 0 ? 3 : 1);
    if (kind === 0) return random.pick(['1', 'null', '-1.5e3']);
    if (kind === 1) return random.pick(['""', '":"', '"\\\\"', '"{\\"a\\":1}"']);
    const inner = Array.from({ length: random.integer(0, 3) }, () => write(depth - 1));
    if (kind === 2) return `[${inner.join(', ')}]`;
    return `{${inner.map((value) => `"${random.pick(names)}" : ${value}`).join(',')}}`;
  };
  let duplicates = 0;
  for (let run = 0; run < 2000; run++) {
    const text = write(4);
    // The slow twin: a reviver is told of each name that was kept; the pattern finds each that was written.
    let kept = 0;
    JSON.parse(text, function (this: unknown, name, value: unknown) {
      if (name !== '' && !Array.isArray(this)) kept++;
      return value;
    });
    const written = [...text.matchAll(/"(?:[^"\\]|\\.)*" :/g)].length;
    assert.equal(find(text) !== null, written !== kept, text);
    if (written !== kept) duplicates++;
  }
  assert.ok(duplicates > 100 && duplicates < 1900, `${duplicates} of 2000 have a duplicate`);
});
