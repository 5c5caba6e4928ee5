import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { PackedNumberColumn, packStarts } from './columns.ts';
import { boundsOf, mayHold } from './number-bounds.ts';
import { noNumbers, packNumbers } from './packed-numbers.ts';

/** A value a document. */
function columnOf(values: readonly number[]): PackedNumberColumn {
  const starts = Uint32Array.from({ length: values.length + 1 }, (_, i) => i);
  return new PackedNumberColumn(packStarts(starts), packNumbers(Float64Array.from(values)));
}

// Each row: the values, bounds that are asked for, whether a value may lie in them.
const rows: [values: number[], low: number, high: number, expected: boolean][] = [
  [[], -Infinity, Infinity, false],
  [[5], 5, 5, true],
  [[5], 6, 9, false],
  [[5, 10], 11, 12, false],
  [[5, 10], 11, Infinity, false],
  [[5, 10], 7, 8, true],
  [[5, 10], -Infinity, 4, false],
  [[0.5, 1.5], 1.6, 2, false],
  [[0.5, 1.5], 1.5, 2, true],
  [[-0, 3], 0, 0, true],
  [[-0], 0, 0, true],
  [[0, 2 ** 40 + 1], 2 ** 40 + 2, Infinity, false],
  [[0, 2 ** 40 + 1], 2 ** 40 + 1, Infinity, true],
  [[Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], Number.MAX_SAFE_INTEGER, Infinity, true],
];
for (const [values, low, high, expected] of rows) {
  test(`mayHold: ${values.join(', ') || 'nothing'} from ${low} to ${high}`, () => {
    const column = columnOf(values);
    assert.equal(mayHold(column, { low, high }), expected);
    assert.equal(mayHold(column, { low, high }), expected, 'and again, when bounds are known');
  });
}

test('outerBounds: no value is beyond, and the least is exact', () => {
  const random = createRandom(7);
  for (let i = 0; i < 500; i++) {
    const scale = random.pick([1, 7, 1000, 86_400_000, 0.25]);
    const values = Array.from({ length: random.integer(0, 20) }, () => random.integer(-500, 500) * scale);
    const column = columnOf(values);
    const outer = column.outerBounds;
    assert.deepEqual(boundsOf(column), {
      low: Math.min(...values, noNumbers.low),
      high: Math.max(...values, noNumbers.high),
    });
    if (outer === null) continue;
    assert.equal(outer.low, Math.min(...values, noNumbers.low));
    assert.ok(values.every((value) => value <= outer.high));
  }
});
