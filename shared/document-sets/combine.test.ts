import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { atLeast, intersect, subtract, unite } from './combine.ts';
import { RoaringBitmap32 } from './roaring.ts';

test('document sets: intersect, unite, subtract and atLeast are what counting every document gives', () => {
  const seed = 611;
  const random = createRandom(seed);
  for (let round = 0; round < 200; round++) {
    const range = random.pick([10, 100_000]);
    const plain = Array.from({ length: random.integer(1, 5) }, () => {
      return new Set(Array.from({ length: random.integer(0, 12) }, () => random.integer(0, range)));
    });
    const sets = plain.map((one) => new RoaringBitmap32([...one]));
    const documents = [...new Set(plain.flatMap((one) => [...one]))].sort((a, b) => a - b);
    const holders = (document: number): number => plain.filter((one) => one.has(document)).length;
    const message = `seed ${seed}, round ${round}`;
    const before = sets.map((set) => set.toArray());
    const check = (actual: RoaringBitmap32, holds: (document: number) => boolean): void => {
      assert.deepEqual(actual.toArray(), documents.filter(holds), message);
      actual.dispose();
    };
    check(intersect(sets), (document) => holders(document) === sets.length);
    check(unite(sets), () => true);
    for (let minimum = 1; minimum <= sets.length; minimum++) {
      check(atLeast(sets, minimum), (document) => holders(document) >= minimum);
    }
    const [first, last] = [plain[0]!, plain.at(-1)!];
    check(subtract(sets[0]!, sets.at(-1)!), (document) => first.has(document) && !last.has(document));
    assert.deepEqual(
      sets.map((set) => set.toArray()),
      before,
      message,
    );
    for (const set of sets) set.dispose();
  }
});
