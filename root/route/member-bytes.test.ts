import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memberBytes } from './member-bytes.ts';

// Each row: the object, the name looked for, its bytes.
const rows: [json: string, name: string, expected: string | undefined][] = [
  ['{"a":1}', 'a', '1'],
  ['{"a":1}', 'b', undefined],
  ['{}', 'a', undefined],
  ['{"a":{"b":2},"b":3}', 'b', '3'],
  ['{"a":{"b":2},"c":3}', 'b', undefined],
  ['{"a":{"b":2} , "b" : [1,{"b":4}]}', 'b', ' [1,{"b":4}]'],
  ['{"a":"}\\",\\"b\\":1","b":"x"}', 'b', '"x"'],
  ['{"a":"\\\\","b":"\\\\"}', 'b', '"\\\\"'],
  ['{"\\u0062":1e0}', 'b', '1e0'],
  ['{"b":{"x":9007199254740993}}', 'b', '{"x":9007199254740993}'],
  ['{"a":["b",{"b":1}],"b":null}', 'b', 'null'],
  ['{"":1}', '', '1'],
];
for (const [json, name, expected] of rows) {
  test(`memberBytes: ${name} of ${json}`, () =>
    assert.equal(memberBytes(Buffer.from(json), name)?.toString(), expected));
}

test('memberBytes: as parsing says, of random objects', () => {
  let state = 7;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  // One name with an escape: V8 14.6 takes one such name for another of the same length in JSON.parse.
  const names = ['a', 'b', '"', '}', '{', ':', ',', 'é'];
  const value = (depth: number): unknown => {
    const draw = random(depth > 0 ? 6 : 4);
    if (draw < 2) return names[random(names.length)];
    if (draw < 4) return [1, null, true, -2.5][random(4)];
    return draw === 4 ? [value(depth - 1), value(depth - 1)] : object(depth - 1);
  };
  const object = (depth: number): Record<string, unknown> =>
    Object.fromEntries(names.filter(() => random(2) === 0).map((name) => [name, value(depth)]));
  for (let round = 0; round < 2000; round++) {
    const made = object(3);
    const json = JSON.stringify(made, null, random(2));
    for (const name of names) {
      const found = memberBytes(Buffer.from(json), name);
      assert.deepEqual(found === undefined ? undefined : JSON.parse(found.toString()), made[name], `round ${round}`);
    }
  }
});
