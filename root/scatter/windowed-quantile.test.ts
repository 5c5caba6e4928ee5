import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { WindowedQuantile } from './windowed-quantile.ts';

/** The plain twin: sorts what is remembered. */
function exact(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * values.length)) - 1]!;
}

test('windowed quantile: nothing recorded, nothing known', () => {
  assert.equal(new WindowedQuantile(1000).quantile(0.98, 5), undefined);
});

test('windowed quantile: at most 5 % above the exact one, never below', (t) => {
  const seed = 11;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 200; run++) {
    const windowed = new WindowedQuantile(1000);
    const values = Array.from({ length: random.integer(1, 400) }, () => 0.1 * 10 ** (random.next() * 5));
    for (const value of values) windowed.record(value, 10);
    for (const q of [0, 0.5, 0.9, 0.98, 1]) {
      const [got, want] = [windowed.quantile(q, 20)!, exact(values, q)];
      assert.ok(got >= want * (1 - 1e-6) && got <= want * 1.0501, `q ${q}: ${got} for ${want}`);
    }
  }
});

// Each row: values as value@time, when it is asked with windows of 100 ms, the count, and the values of the maximum.
const rows: [name: string, recorded: [value: number, at: number][], at: number, count: number][] = [
  ['within a window', [[5, 0]], 99, 1],
  ['in the window after', [[5, 0]], 199, 1],
  ['two windows on it is forgotten', [[5, 0]], 200, 0],
  [
    'each window goes alone',
    [
      [5, 0],
      [7, 100],
    ],
    200,
    1,
  ],
  [
    'a long silence forgets everything',
    [
      [5, 0],
      [7, 50],
    ],
    10_000,
    0,
  ],
];
for (const [name, recorded, at, count] of rows) {
  test(`windowed quantile: ${name}`, () => {
    const windowed = new WindowedQuantile(100);
    for (const [value, time] of recorded) windowed.record(value, time);
    assert.equal(windowed.count(at), count);
    assert.equal(windowed.quantile(1, at) === undefined, count === 0);
  });
}

test('windowed quantile: values beyond its ends are kept at the ends', () => {
  const windowed = new WindowedQuantile(100);
  windowed.record(0, 0);
  assert.equal(windowed.quantile(1, 0), 0.05);
  windowed.record(1e9, 0);
  assert.ok(windowed.quantile(1, 0)! > 12_000);
});
