import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { TokenBucket } from './token-bucket.ts';

// Each row: share and capacity; what happens (n earned for n units, -n asked for n); which asks were granted.
const rows: [name: string, share: number, capacity: number, events: number[], granted: string][] = [
  ['starts full', 0.05, 2, [-1, -1, -1], 'yes yes no'],
  ['earns its share', 0.5, 1, [-1, -1, 1, -1, 1, -1], 'yes no no yes'],
  ['holds no more than its capacity', 0.5, 1, [100, -1, -1], 'yes no'],
  ['all or nothing', 0.5, 4, [-3, -2, -1], 'yes no yes'],
  ['one ask over the capacity needs a full bucket and leaves a debt', 0.5, 2, [-4, -1, 4, -1, 2, -1], 'yes no no yes'],
];
for (const [name, share, capacity, events, granted] of rows) {
  test(`token bucket: ${name}`, () => {
    const bucket = new TokenBucket({ share, capacity });
    const said: string[] = [];
    for (const units of events) {
      if (units > 0) bucket.earn(units);
      else said.push(bucket.take(-units) ? 'yes' : 'no');
    }
    assert.equal(said.join(' '), granted);
  });
}

test('token bucket: never more than its invariant allows', (t) => {
  const seed = 7;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 300; run++) {
    const [share, capacity] = [random.next(), random.integer(1, 20)];
    const bucket = new TokenBucket({ share, capacity });
    let [earned, taken, largest] = [0, 0, 1];
    for (let i = 0; i < 100; i++) {
      const units = random.integer(1, 30);
      if (random.chance(0.5)) {
        bucket.earn(units);
        earned += units;
      } else if (bucket.take(units)) {
        taken += units;
        largest = Math.max(largest, units);
      }
      assert.ok(taken <= capacity + share * earned + largest - 1 + 1e-9);
    }
  }
});
