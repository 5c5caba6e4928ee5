import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import { buildPathTree, forEachValue } from './extract.ts';

function walk(json: string, paths: readonly string[]): string[] {
  const seen: string[] = [];
  forEachValue(JSON.parse(json) as object, buildPathTree(paths.map((path) => [path, path])), {
    value: (target, value, place) => seen.push(`${target}=${JSON.stringify(value)}@${place.pointer()}`),
    unknown: (place) => seen.push(`?${place.path()}@${place.pointer()}`),
    tooDeep: (place) => seen.push(`deep@${place.pointer()}`),
  });
  return seen;
}

const nested = (levels: number): string => `{"a":${'['.repeat(levels - 1)}1${']'.repeat(levels - 1)}}`;

// Each row: the document, the paths of the schema, what the walk reports (path=value@pointer, ?path for unknown ones).
const rows: [name: string, json: string, paths: string[], expected: string[]][] = [
  ['a value', '{"a":1}', ['a'], ['a=1@/a']],
  ['null and empty arrays are no value', '{"a":null,"b":[],"c":[null]}', ['a', 'b', 'c'], []],
  [
    'arrays flatten at every level',
    '{"a":[{"b":1},{"b":[2,3]}]}',
    ['a.b'],
    ['a.b=1@/a/0/b', 'a.b=2@/a/1/b/0', 'a.b=3@/a/1/b/1'],
  ],
  ['a dotted property is a path', '{"a.b":1,"a":{"b":2}}', ['a.b'], ['a.b=1@/a.b', 'a.b=2@/a/b']],
  ['a dotted property below an object', '{"a":{"b.c":"x"}}', ['a.b.c'], ['a.b.c="x"@/a/b.c']],
  ['an unknown property is reported once', '{"x":{"y":1,"z":2}}', ['a'], ['?x@/x']],
  ['an unknown property of a known object', '{"a":{"x":null}}', ['a.b'], ['?a.x@/a/x']],
  ['a value where an object is due', '{"a":5}', ['a.b'], ['?a@/a']],
  ['an object where a value is due', '{"a":{"b":1}}', ['a'], ['a={"b":1}@/a']],
  ['a path that is also a parent', '{"a":[1,{"b":2}]}', ['a', 'a.b'], ['a=1@/a/0', 'a.b=2@/a/1/b']],
  ['__proto__ is a name like others', '{"__proto__":{"a":1}}', ['a', '__proto__.a'], ['__proto__.a=1@/__proto__/a']],
  [
    '__proto__ unknown',
    '{"__proto__":{"a":1},"constructor":2}',
    ['a'],
    ['?__proto__@/__proto__', '?constructor@/constructor'],
  ],
  ['pointers escape', '{"a/b~c":1}', ['a/b~c'], ['a/b~c=1@/a~1b~0c']],
  [
    'the deepest level allowed',
    nested(limits.documentDepthMax),
    ['a'],
    [`a=1@/a${'/0'.repeat(limits.documentDepthMax - 1)}`],
  ],
  [
    'one level too deep',
    nested(limits.documentDepthMax + 1),
    ['a'],
    [`deep@/a${'/0'.repeat(limits.documentDepthMax - 1)}`],
  ],
  [
    'too deep below an unknown property',
    nested(limits.documentDepthMax + 1),
    ['b'],
    ['?a@/a', `deep@/a${'/0'.repeat(limits.documentDepthMax - 1)}`],
  ],
];

for (const [name, json, paths, expected] of rows) {
  test(`forEachValue: ${name}`, () => assert.deepEqual(walk(json, paths), expected));
}

test('forEachValue: a visitor that asks for values only is not stopped by unknown properties', () => {
  const seen: unknown[] = [];
  forEachValue({ x: { y: 1 }, a: 2 }, buildPathTree([['a', 0]]), { value: (_target, value) => seen.push(value) });
  assert.deepEqual(seen, [2]);
});
