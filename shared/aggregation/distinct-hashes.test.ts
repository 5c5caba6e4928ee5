import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../random/random.ts';
import type { CardinalityPartial } from './cardinality-partial.ts';
import { DistinctHashes } from './distinct-hashes.ts';
import { slowCardinality } from './slow-cardinality.fixture.ts';

function partialOf(hashes: readonly bigint[], threshold: number): CardinalityPartial {
  const set = new DistinctHashes(threshold);
  for (const hash of hashes) set.add(Number(hash >> 32n), Number(hash & 0xffff_ffffn));
  return set.partial();
}

function union(parts: readonly CardinalityPartial[], threshold: number): CardinalityPartial {
  const set = new DistinctHashes(threshold);
  for (const part of parts) set.addPartial(part);
  return set.partial();
}

/** Hashes with few digits set among them, the hash 0, and many in one place of a table. */
const awkward = [0n, 1n, 2n, 1n << 32n, 1n << 63n, (1n << 64n) - 1n, 8n, 16n, 24n];

function randomHashes(random: Random, countMax: number): bigint[] {
  const range = random.pick([3, 50, 2 ** 32 - 1]);
  return Array.from({ length: random.integer(0, countMax) }, () =>
    random.chance(0.1)
      ? random.pick(awkward)
      : (BigInt(random.integer(0, range)) * (random.chance(0.5) ? 1n : 0x9e37_79b1_85eb_ca87n)) % 2n ** 64n,
  );
}

test('DistinctHashes: every way of a few hashes into parts, in every order, gives the same bytes', () => {
  const hashes = [0n, 1n, 1n << 63n, 1n << 33n];
  for (let threshold = 0; threshold <= 5; threshold++) {
    // Each hash is in any of three parts, or in all of them.
    for (let way = 0; way < 4 ** hashes.length; way++) {
      const parts = [0, 1, 2].map((part) =>
        hashes.filter((_, i) => {
          const place = Math.floor(way / 4 ** i) % 4;
          return place === part || place === 3;
        }),
      );
      const expected = slowCardinality(hashes, threshold);
      const [a, b, c] = parts.map((part) => partialOf(part, threshold)) as [
        CardinalityPartial,
        CardinalityPartial,
        CardinalityPartial,
      ];
      const merge = (...of: CardinalityPartial[]): CardinalityPartial => union(of, threshold);
      const ways = [
        merge(a, b, c),
        merge(c, b, a),
        merge(b, a, c),
        merge(merge(a, b), c),
        merge(a, merge(b, c)),
        merge(merge(c, a), b),
      ];
      for (const found of ways) assert.deepEqual(found, expected, `threshold ${threshold}, way ${way}`);
    }
  }
});

test('DistinctHashes: of random hashes what the slow twin says, merged in any order and grouping', () => {
  const random = createRandom(20_240_531);
  let [exact, rough] = [0, 0];
  for (let round = 0; round < 400; round++) {
    const threshold = random.pick([0, 1, 7, 20, 100, 300]);
    const parts = Array.from({ length: random.integer(1, 5) }, () => randomHashes(random, random.pick([2, 30, 400])));
    const all = parts.flat();
    const expected = slowCardinality(all, threshold);
    if ('hashes' in expected) exact++;
    else rough++;
    assert.deepEqual(partialOf(random.shuffle(all), threshold), expected, `round ${round}`);
    let partials = parts.map((part) => partialOf(part, threshold));
    // Two or more at a time become one, until there is one.
    while (partials.length > 1) {
      const [first, ...rest] = random.shuffle(partials);
      const count = random.integer(1, rest.length);
      partials = [union([first!, ...rest.slice(0, count)], threshold), ...rest.slice(count)];
    }
    assert.deepEqual(partials[0], expected, `round ${round}`);
  }
  assert.ok(exact > 100 && rough > 100, `${exact} exact, ${rough} not`);
});

test('DistinctHashes: says when its memory changes, which stays bounded', () => {
  const set = new DistinctHashes(3000);
  const random = createRandom(1);
  let before = set.sizeBytes;
  let largest = 0;
  for (let i = 0; i < 10_000; i++) {
    const changed = set.add(random.integer(0, 2 ** 32 - 1), random.integer(0, 2 ** 32 - 1));
    assert.equal(changed, set.sizeBytes !== before);
    before = set.sizeBytes;
    largest = Math.max(largest, before);
  }
  assert.ok(largest < 40_000 && before < 17_000, `${largest}, then ${before} bytes`);
});
