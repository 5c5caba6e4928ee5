import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementOf, numberMeant, splitPath } from './number-path.ts';

// Each row: a path, its elements.
const paths: [path: string, elements: string[]][] = [
  ['a', ['a']],
  ['', ['']],
  ['a>b.c', ['a', 'b.c']],
  ['a>>b', ['a', '', 'b']],
  ["terms['a>b']>metric", ["terms['a>b']", 'metric']],
  ['terms["a>b"]>metric', ['terms["a>b"]', 'metric']],
  ['terms[a>b]>metric.avg', ['terms[a>b]', 'metric.avg']],
  ["t['a]>b']>u['>']>m", ["t['a]>b']", "u['>']", 'm']],
  ["t['a>m", ["t['a", 'm']],
];
for (const [path, elements] of paths) {
  test(`splitPath: ${path}`, () => assert.deepEqual(splitPath(path), elements));
}

// Each row: an element, its name, key and number; names that are known are a, a.b and p.
const elements: [text: string, expected: [string, string | null, string | null] | null][] = [
  ['a', ['a', null, null]],
  ['a.b', ['a.b', null, null]],
  ['a.b.c', ['a.b', null, 'c']],
  ['a.c', ['a', null, 'c']],
  ['p.99.9', ['p', null, '99.9']],
  ['p[99.9]', ['p', '99.9', null]],
  ["a['x']", ['a', 'x', null]],
  ["a['x'].avg", ['a', 'x', 'avg']],
  ['a.b["it\'s ]"]', ['a.b', "it's ]", null]],
  ["a['x>y']", ['a', 'x>y', null]],
  ["a['']", ['a', '', null]],
  ['x', null],
  ['x.a', null],
  ["x['a']", null],
  ["a['x']y", null],
  ['', null],
];
for (const [text, expected] of elements) {
  test(`elementOf: ${text}`, () => {
    const found = elementOf(text, (name) => ['a', 'a.b', 'p'].includes(name));
    assert.deepEqual(found && [found.name, found.key, found.number], expected);
  });
}

// Each row: names of numbers, what is asked, which is meant.
const numbers: [names: string[], asked: string | null, meant: string | undefined][] = [
  [['value'], null, 'value'],
  [['value'], 'value', 'value'],
  [['value'], 'avg', undefined],
  [['min', 'max'], null, undefined],
  [['min', 'max'], 'max', 'max'],
  [['50.0', '99.9'], '50', '50.0'],
  [['50.0', '99.9'], '50.00', '50.0'],
  [['50.0', '99.9'], '99.9', '99.9'],
  [['50.0', '99.9'], '99', undefined],
  [['50.0'], ' ', undefined],
  [['0.0'], '', undefined],
  [[], null, undefined],
];
for (const [names, asked, meant] of numbers) {
  test(`numberMeant: ${asked} of ${names.join(' ')}`, () => assert.equal(numberMeant(names, asked), meant));
}
