import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeenValues } from './seen-values.ts';

// Each row: the least value and how many there may be, values in turn, those that are left.
const rows: [name: string, least: number, width: number, values: number[], left: number[]][] = [
  ['each once', 5, 3, [5, 7, 5, 6, 7, 7], [5, 7, 6]],
  ['below 0', -2, 3, [-2, 0, -2, 0], [-2, 0]],
  ['what lies elsewhere every time', 5, 3, [9, 5, 9, 4, 5, 0.5], [9, 5, 9, 4, 0.5]],
  ['all, where they are far apart', 0, 2 ** 40, [1, 1], [1, 1]],
  ['all, where nothing is known of them', Infinity, -Infinity, [1, 1], [1, 1]],
];
for (const [name, least, width, values, left] of rows) {
  test(`SeenValues: leaves ${name}`, () => {
    const seen = new SeenValues();
    for (let segment = 0; segment < 2; segment++) {
      seen.enterSegment(least, width);
      const list = Float64Array.from(values);
      assert.deepEqual([...list.subarray(0, seen.leaveOut(list, values.length))], left);
    }
  });
}
