import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { hash32 } from './slots.ts';
import { TrieMap, type Difference } from './trie-map.ts';

const seed = 20261129;

const sorted = <T extends { key: string }>(list: T[]): T[] => list.sort((a, b) => (a.key < b.key ? -1 : 1));

/** By looking at everything. */
function twinDifferences(before: Map<string, number>, after: Map<string, number>): Difference<number>[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((key) => ({ key, before: before.get(key), after: after.get(key) }))
    .filter((one) => one.before !== one.after);
}

test(`TrieMap: as a Map does, and what differs of any two states (seed ${seed})`, () => {
  const random = createRandom(seed);
  for (let round = 0; round < 30; round++) {
    const keys = random.integer(1, 300);
    let map = TrieMap.of<number>();
    let twin = new Map<string, number>();
    const states: [TrieMap<number>, Map<string, number>][] = [[map, twin]];
    for (let step = 0; step < 200; step++) {
      const key = `k${random.integer(0, keys)}`;
      twin = new Map(twin);
      if (random.chance(0.4)) {
        map = map.without(key);
        twin.delete(key);
      } else {
        map = map.with(key, step);
        twin.set(key, step);
      }
      states.push([map, twin]);
      assert.equal(map.get(key), twin.get(key));
      assert.equal(map.size, twin.size);
    }
    assert.deepEqual(new Map(map.entries()), twin);
    assert.deepEqual([...map.keys()].sort(), [...twin.keys()].sort());
    assert.equal([...map.values()].length, twin.size);
    // However it came about, the same entries are the same trie.
    assert.deepEqual(map, TrieMap.of(random.shuffle([...twin])));
    for (let pair = 0; pair < 20; pair++) {
      const [a, b] = [states[random.integer(0, 200)]!, states[random.integer(0, 200)]!];
      assert.deepEqual(sorted(b[0].differences(a[0])), sorted(twinDifferences(a[1], b[1])));
    }
  }
});

test('TrieMap: keys of one hash', () => {
  // Found by trying; the assertion says that they are such.
  const [a, b] = ['c693596', 'c1170850'];
  assert.equal(hash32(a), hash32(b));
  const both = TrieMap.of([
    [a, 1],
    [b, 2],
  ]);
  assert.deepEqual([both.get(a), both.get(b), both.get(`${a}x`), both.size], [1, 2, undefined, 2]);
  assert.deepEqual(both.without(a), TrieMap.of([[b, 2]]));
  assert.deepEqual(both.with(a, 3).differences(both), [{ key: a, before: 1, after: 3 }]);
  assert.equal(both.without('z'), both);
  assert.equal(both.with(a, 1), both);
});

test('TrieMap: names that every object inherits are keys like others', () => {
  const map = TrieMap.of([['__proto__', 1]]);
  assert.deepEqual([map.get('__proto__'), map.get('constructor')], [1, undefined]);
});

test('TrieMap: what differs is found without a look at what does not', () => {
  for (const size of [100, 10_000]) {
    const before = TrieMap.of(Array.from({ length: size }, (_, i) => [`k${i}`, i] as const));
    const after = before.with('new', 1);
    assert.deepEqual(after.differences(before), [{ key: 'new', before: undefined, after: 1 }]);
    assert.ok(sharedWith(before, after) >= size - 40, 'all but a path is shared');
  }
});

/** Entries of the second map that stand in a bucket of the first. */
function sharedWith(first: TrieMap<number>, second: TrieMap<number>): number {
  const known = new Set(first.entries());
  return [...second.entries()].filter((entry) => known.has(entry)).length;
}
