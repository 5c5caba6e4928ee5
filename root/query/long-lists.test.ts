import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { LongLists, readAtOnce, valuesPerStep } from './long-lists.ts';
import { parseSearchBody } from './parse-search-body.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: { word: { kind: 'keyword' }, ip: { kind: 'ip' }, day: { kind: 'date' }, n: { kind: 'integer' } },
};
const count = 15_000;
const listOf = (value: (i: number) => unknown, length = count): unknown[] => Array.from({ length }, (_, i) => value(i));

// Each row: a clause with many values, at most so many steps of reading and of what is done with all.
const rows: [name: string, query: object][] = [
  ['keywords', { terms: { word: listOf((i) => `w${i}`) } }],
  ['numbers', { terms: { n: listOf((i) => i) } }],
  ['dates', { terms: { day: listOf((i) => new Date(i * 1e7).toISOString()) } }],
  ['addresses', { terms: { ip: listOf((i) => `10.0.${(i >> 8) & 255}.${i & 255}`) } }],
  [
    'blocks of addresses, most of them in others',
    { terms: { ip: listOf((i) => `10.0.${(i >> 8) & 255}.${i & 255}/${i % 9 === 0 ? 8 : 31}`) } },
  ],
  ['keys', { bool: { filter: { ids: { values: listOf((i) => i), boost: 2 } } } }],
];
for (const [name, query] of rows) {
  test(`LongLists: ${name} are left for later, and are in the end what they are when read at once`, () => {
    const longLists = new LongLists();
    const later = parseSearchBody({ query }, schema, { timeoutMsMax: 1000, longLists });
    assert.equal(longLists.isEmpty, false);
    const reading = longLists.read();
    let steps = 1;
    while (reading.next().done !== true) steps++;
    assert.ok(steps > count / valuesPerStep, `${steps} steps`);
    // Compared as text: what differs in lists as long as these is not to be shown.
    const atOnce = parseSearchBody({ query }, schema, { timeoutMsMax: 1000 });
    assert.ok(JSON.stringify(later) === JSON.stringify(atOnce));
  });
}

test('LongLists: a fault in a long list is told where it is', () => {
  const longLists = new LongLists();
  const values = listOf((i) => (i === 50_000 ? 1.5 : i), 60_000);
  parseSearchBody({ query: { terms: { n: values } } }, schema, { timeoutMsMax: 1000, longLists });
  assert.throws(() => readAtOnce(longLists.read()), { code: 'REQUEST_VALUE_INVALID', at: '/query/terms/n/50000' });
});
