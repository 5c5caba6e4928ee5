import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packAscending, unpackAscending } from './ascending.ts';

const large = 2 ** 52;

// Each row: the numbers, bits of each distance (the header of packed numbers takes 24 bytes).
const rows: [name: string, numbers: number[], bits: number][] = [
  ['none', [], 0],
  ['one', [7], 0],
  ['zero first', [0, 3], 1],
  ['large ones', [large, large + 1, large + 4], 2],
  ['far apart', [1, large], 1],
  ['dense', Array.from({ length: 100 }, (_, i) => large + i), 1],
];

for (const [name, numbers, bits] of rows) {
  test(`packAscending: ${name}`, () => {
    const packed = packAscending(Float64Array.from(numbers));
    assert.deepEqual([...unpackAscending(packed, numbers.length)], numbers);
    assert.equal(packed.distances.length, 24 + Math.ceil((numbers.length * bits) / 8));
  });
}
