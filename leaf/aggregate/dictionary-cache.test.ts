import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dictionaryOf } from '../dictionary/dictionary-of.fixture.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { atOnce } from '../schedule/steps.ts';
import { DictionaryCache } from './dictionary-cache.ts';

const dictionaries = Array.from({ length: 4 }, (_, i) => dictionaryOf([[`t${i}`]])) as [
  Dictionary,
  Dictionary,
  Dictionary,
  Dictionary,
];
const [a, b, c, d] = dictionaries;

interface Made {
  readonly sizeBytes: number;
  readonly of: readonly Dictionary[];
}

/** A cache with room for three bytes, what is made of a dictionary being one; and how often it made something. */
function makeCache(): {
  ask: (...of: Dictionary[]) => Made | null;
  cache: DictionaryCache<Made>;
  counts: { made: number };
} {
  const counts = { made: 0 };
  const cache = new DictionaryCache<Made>(3, function* (of) {
    counts.made++;
    yield 1;
    return { sizeBytes: of.length, of };
  });
  return { ask: (...of) => atOnce(cache.of(of)), cache, counts };
}

test('DictionaryCache: made when it is asked for the second time, and then known', () => {
  const { ask, counts } = makeCache();
  assert.equal(ask(a, b), null);
  assert.deepEqual(ask(a, b)?.of, [a, b]);
  assert.deepEqual(ask(a, b)?.of, [a, b]);
  assert.equal(counts.made, 1);
});

test('DictionaryCache: another order, and other dictionaries, are something else', () => {
  const { ask } = makeCache();
  ask(a, b);
  for (const other of [[b, a], [a], [a, b, c], [a, c]]) assert.equal(ask(...other), null);
});

test('DictionaryCache: what was used the longest ago makes room', () => {
  const { ask, cache, counts } = makeCache();
  for (const each of [a, b, c, a, b, c]) ask(each);
  ask(a);
  assert.deepEqual([cache.sizeBytes, counts.made], [3, 3]);
  ask(d);
  ask(d);
  assert.deepEqual([cache.sizeBytes, counts.made], [3, 4]);
  assert.deepEqual(ask(a)?.of, [a]);
  assert.equal(counts.made, 4);
  assert.equal(ask(b), null);
});

test('DictionaryCache: what has no room alone is not kept', () => {
  const { ask, cache } = makeCache();
  ask(a, b, c, d);
  ask(a, b, c, d);
  assert.equal(cache.sizeBytes, 0);
});

test('DictionaryCache: two searches at once make the same and keep one', () => {
  const { ask, cache, counts } = makeCache();
  ask(a);
  const [first, second] = [cache.of([a]), cache.of([a])];
  first.next();
  second.next();
  assert.deepEqual([atOnce(first)?.of, atOnce(second)?.of], [[a], [a]]);
  assert.equal(cache.sizeBytes, 1);
  assert.ok(counts.made <= 2);
});
