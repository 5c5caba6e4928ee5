import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { compareRows, positionAt, type HitColumns, type ValueColumn } from './hit-columns.ts';
import { compareHits, type SortKey } from './order.ts';

const texts = ['', 'a', 'b', '\u{ffff}', '\u{10000}', null];
const numbers = [-1, -0, 0, 0.5, 7, NaN];

test('compareRows: as compareHits of the same hits, whatever the keys', (t) => {
  const seed = 59_300_100;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const directed = (key: SortKey): SortKey => ({ ...key, descending: random.chance(0.5) });
  const randomKey = (): SortKey => {
    const missing = random.chance(0.5) ? ({ missing: 'first' } as const) : {};
    const field = { by: 'field', field: 'f', descending: false, ...missing } as const;
    return directed(
      random.pick<SortKey>([
        { by: 'score', descending: true },
        { by: 'position', descending: false },
        { ...field, values: 'number' },
        { ...field, values: 'string' },
      ]),
    );
  };
  const rows = 6;
  const randomColumns = (keys: readonly SortKey[]): HitColumns => ({
    shards: Uint16Array.from({ length: rows }, () => random.integer(0, 2)),
    offsets: Float64Array.from({ length: rows }, () => random.integer(0, 2)),
    values: keys.map((key): ValueColumn => {
      const isText = key.by === 'field' && key.values === 'string';
      if (isText) return Array.from({ length: rows }, () => random.pick(texts));
      return Float64Array.from({ length: rows }, () => random.pick(numbers));
    }),
  });
  for (let round = 0; round < 400; round++) {
    const keys = Array.from({ length: random.integer(1, 3) }, randomKey);
    const [a, b] = [randomColumns(keys), randomColumns(keys)];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) {
        const expected = Math.sign(compareHits(keys, positionAt(a, i), positionAt(b, j)));
        assert.equal(Math.sign(compareRows(keys, a, i, b, j)), expected, JSON.stringify(keys));
      }
    }
  }
});
