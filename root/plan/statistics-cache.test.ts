import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Statistics } from '../../shared/ranking/statistics.ts';
import { StatisticsCache } from './statistics-cache.ts';

const counts = (frequencies: Record<string, number>, documents = 9): Statistics => ({
  fields: { title: { documents, length: 30 } },
  frequencies: { title: frequencies },
});
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('StatisticsCache: what was counted is found in its state, all terms or nothing', () => {
  const cache = new StatisticsCache();
  cache.keep('x', [3, 5], counts({ cat: 2, constructor: 0 }));
  cache.keep('x', [3, 5], counts({ dog: 4 }));
  assert.deepEqual(plain(cache.find('x', [3, 5], { title: ['dog', 'cat'] })), counts({ dog: 4, cat: 2 }));
  assert.deepEqual(plain(cache.find('x', [3, 5], { title: ['constructor'] })), counts({ constructor: 0 }));
  // Each row: index, state, terms that are not known there.
  const unknown: [string, number[], Record<string, string[]>][] = [
    ['y', [3, 5], { title: ['cat'] }],
    ['x', [3, 6], { title: ['cat'] }],
    ['x', [3], { title: ['cat'] }],
    ['x', [3, 5], { title: ['cat', 'toString'] }],
    ['x', [3, 5], { body: ['cat'] }],
  ];
  for (const [index, state, terms] of unknown) assert.equal(cache.find(index, state, terms), null);
});

test('StatisticsCache: another state drops what was known, and forgetting does', () => {
  const cache = new StatisticsCache();
  cache.keep('x', [3], counts({ cat: 2 }));
  cache.keep('x', [4], counts({ dog: 1 }));
  assert.equal(cache.find('x', [3], { title: ['cat'] }), null);
  assert.equal(cache.find('x', [4], { title: ['cat'] }), null);
  assert.notEqual(cache.find('x', [4], { title: ['dog'] }), null);
  cache.forget('x');
  assert.equal(cache.find('x', [4], { title: ['dog'] }), null);
});

test('StatisticsCache: over the limit the index that was kept longest ago goes', () => {
  const cache = new StatisticsCache(3);
  cache.keep('a', [1], counts({ one: 1, two: 2 }));
  cache.keep('b', [1], counts({ one: 1 }));
  cache.keep('a', [1], counts({ one: 1 }));
  cache.keep('c', [1], counts({ one: 1 }));
  assert.equal(cache.find('b', [1], { title: ['one'] }), null);
  assert.notEqual(cache.find('a', [1], { title: ['one', 'two'] }), null);
  cache.keep('d', [1], counts({ a: 1, b: 1, c: 1, d: 1 }));
  for (const index of ['a', 'c', 'd']) assert.equal(cache.find(index, [1], { title: [] }), null);
});

test('StatisticsCache: forgetting what is not known makes no room', () => {
  const cache = new StatisticsCache(2);
  for (let i = 0; i < 5; i++) cache.forget('unknown');
  cache.keep('a', [1], counts({ one: 1, two: 2 }));
  assert.notEqual(cache.find('a', [1], { title: ['one'] }), null, 'two terms are within the limit');
  cache.keep('b', [1], counts({ one: 1 }));
  assert.equal(cache.find('a', [1], { title: ['one'] }), null, 'three are not');
});
