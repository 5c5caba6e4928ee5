import assert from 'node:assert/strict';
import { test } from 'node:test';
import { upperTail, upperTailRatio } from './normal-tail.ts';

// Each row: where, the share above. Source: Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), tables 26.1 and 26.2.
const shares: [at: number, above: number][] = [
  [0, 0.5],
  [1, 0.158655253931457],
  [1.959963984540054, 0.025],
  [-1.959963984540054, 0.975],
  [2.9, 0.001865813300384],
  [3.1, 0.000967603213218],
  [5, 2.866515718791939e-7],
  [10, 7.619853024160527e-24],
];
for (const [at, above] of shares) {
  test(`upperTail: ${at}`, () => assert.ok(Math.abs(upperTail(at) / above - 1) < 1e-12, `${upperTail(at)}`));
}

test('upperTailRatio: by the shares, and where these are too small for doubles', () => {
  for (const from of [-4, -1, 0, 0.5, 2]) {
    for (const at of [0, 0.3, 2]) {
      for (const to of [3, 6]) {
        const place = from + at * ((to - from) / 3);
        const expected = (upperTail(place) - upperTail(to)) / (upperTail(from) - upperTail(to));
        const actual = upperTailRatio(place, { from, to });
        assert.ok(Math.abs(actual - expected) < 1e-10, `${from} ${place} ${to}: ${actual} ${expected}`);
        const mirrored = upperTailRatio(-place, { from: -to, to: -from });
        assert.ok(Math.abs(1 - mirrored - actual) < 1e-10, `${from} ${place} ${to}: ${mirrored}`);
      }
    }
  }
  // Far out it is nearly e^−(a (b − a)).
  assert.ok(Math.abs(upperTailRatio(100.01, { from: 100, to: 200 }) / Math.exp(-1.00005) - 1) < 1e-3);
});
