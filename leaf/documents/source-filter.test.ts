import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterSource, matchesWildcards } from './source-filter.ts';

const document = '{"a":{"b":1,"c":{"d":2}},"l":[{"x":1,"y":2},{"y":3},4],"n":null,"e":{}}';

// Each row: the source, includes, excludes, what is left. Patterns are separated by spaces.
const rows: [name: string, source: string, includes: string, excludes: string, expected: string][] = [
  ['no patterns keep all', document, '', '', document],
  ['an object means all below', document, 'a', '', '{"a":{"b":1,"c":{"d":2}}}'],
  ['a path', document, 'a.c.d', '', '{"a":{"c":{"d":2}}}'],
  ['a prefix of a name is no match', '{"ab":1,"a":2}', 'a', '', '{"a":2}'],
  ['arrays are no part of the path', document, 'l.x', '', '{"l":[{"x":1}]}'],
  ['a star matches dots too', document, '*d', '', '{"a":{"c":{"d":2}}}'],
  ['a star in the middle', document, 'a.*.d', '', '{"a":{"c":{"d":2}}}'],
  ['null and empty objects are kept when included', document, 'n e', '', '{"n":null,"e":{}}'],
  ['excludes alone', document, '', 'a l n', '{"e":{}}'],
  ['excludes win', document, 'a', 'a.c', '{"a":{"b":1}}'],
  ['what excludes emptied stays if included', document, 'a', 'a.*', '{"a":{}}'],
  ['nothing matches', document, 'zzz', '', '{}'],
  ['a dotted property', '{"a.b":1,"a":{"b":2}}', 'a.b', '', '{"a.b":1,"a":{"b":2}}'],
  [
    'numbers keep their digits',
    '{"a":12345678901234567890,"b":1.0,"c":1e400}',
    '',
    'zzz',
    '{"a":12345678901234567890,"b":1.0,"c":1e400}',
  ],
  ['__proto__ is a name like others', '{"__proto__":{"a":1},"b":2}', '__proto__', '', '{"__proto__":{"a":1}}'],
];

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

for (const [name, source, includes, excludes, expected] of rows) {
  test(`filterSource: ${name}`, () => {
    const filtered = filterSource(Buffer.from(source), { includes: words(includes), excludes: words(excludes) });
    assert.equal(Buffer.from(filtered).toString(), expected);
  });
}

const wildcards: [pattern: string, text: string, matches: boolean][] = [
  ['', '', true],
  ['*', '', true],
  ['a', '', false],
  ['*', 'a.b', true],
  ['a*', 'a', true],
  ['*a', 'ba', true],
  ['*a', 'ab', false],
  ['a*c*e', 'abcde', true],
  ['a*c*e', 'abcd', false],
  ['*ab', 'aab', true],
  ['a**b', 'ab', true],
];

for (const [pattern, text, matches] of wildcards) {
  test(`matchesWildcards: ${pattern} and ${text}`, () => assert.equal(matchesWildcards(pattern, text), matches));
}

test('matchesWildcards: a hostile pattern costs no more than the product of the lengths', () => {
  assert.equal(matchesWildcards(`${'*a'.repeat(2000)}*b`, 'a'.repeat(10_000)), false);
});
