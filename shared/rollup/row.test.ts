import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { storedFields, type RollupSchema } from './rollup-schema.ts';
import { rowLayout } from './row-layout.ts';
import { addRow, decodeRow, decodeRowKey, emptyRow, encodeRow, highOf, lowOf, sumOf, type Row } from './row.ts';

const schema: RollupSchema = {
  dimensions: { page: { kind: 'keyword' } },
  metrics: { n: { keep: ['sum', 'count', 'min', 'max'] } },
};
const layout = rowLayout(storedFields(schema));
const at = (part: string): number => layout.parts.indexOf(part);

function rowOf(value: number): Row {
  const row = emptyRow(layout);
  row[at('_count')] = 1;
  row[at('_values.n')] = 1;
  row[at('_high.n')] = highOf(value);
  row[at('_low.n')] = lowOf(value);
  row[at('_min.n')] = value;
  row[at('_max.n')] = value;
  return row;
}

function sumIn(row: Row): bigint {
  return sumOf(BigInt(row[at('_high.n')]!), BigInt(row[at('_low.n')]!));
}

test('rowLayout: golden, because rows in the log have this order', () => {
  assert.deepEqual(layout.parts, ['_count', '_high.n', '_low.n', '_max.n', '_min.n', '_values.n']);
  assert.equal(encodeRow(rowOf(-3)), '[1,-1,4294967293,-3,-3,1]');
  assert.equal(encodeRow(emptyRow(layout)), '[0,0,0,null,null,0]');
});

test('addRow: agrees with BigInt on random integers, in any order and grouping', () => {
  const seed = Date.now() % 1_000_000;
  const random = createRandom(seed);
  for (let round = 0; round < 300; round++) {
    const values = Array.from({ length: random.integer(1, 50) }, () => {
      const magnitude = 2 ** random.integer(0, 53) - 1;
      return random.integer(-magnitude, magnitude);
    });
    const exact = values.reduce((sum, value) => sum + BigInt(value), 0n);
    const groups = [emptyRow(layout), emptyRow(layout), emptyRow(layout)];
    for (const value of random.shuffle(values)) addRow(layout, groups[random.integer(0, 2)]!, rowOf(value));
    const total = emptyRow(layout);
    for (const group of random.shuffle(groups)) addRow(layout, total, decodeRow(layout, Buffer.from(encodeRow(group))));
    assert.equal(sumIn(total), exact, `seed ${seed}`);
    assert.deepEqual(
      [total[at('_count')], total[at('_min.n')], total[at('_max.n')]],
      [values.length, Math.min(...values), Math.max(...values)],
      `seed ${seed}`,
    );
    assert.ok(total[at('_low.n')]! >= 0 && total[at('_low.n')]! < 2 ** 32);
  }
});

test('addRow: does not overflow where 64 bits would', () => {
  const total = emptyRow(layout);
  for (let i = 0; i < 5000; i++) addRow(layout, total, rowOf(Number.MAX_SAFE_INTEGER));
  assert.equal(sumIn(total), 5000n * BigInt(Number.MAX_SAFE_INTEGER));
  assert.ok(sumIn(total) > 2n ** 63n);
});

// Each row: bytes that are no row of the layout.
for (const text of ['', '[1,2]', '{}', '[1,0,0,"a",null,0]', '[1,0,0,1,1,1,1]', '[']) {
  test(`decodeRow: refuses ${text}`, () => {
    assert.throws(() => decodeRow(layout, Buffer.from(text)), { code: 'LOG_CORRUPT' });
  });
}

test('decodeRowKey: values of the dimensions, or refused', () => {
  assert.deepEqual(decodeRowKey(layout, '["a"]'), ['a']);
  assert.throws(() => decodeRowKey(layout, '["a",1]'), { code: 'LOG_CORRUPT' });
  assert.throws(() => decodeRowKey(layout, 'a'), { code: 'LOG_CORRUPT' });
});
