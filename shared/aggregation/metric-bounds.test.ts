import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../random/random.ts';
import { metricBounds, type FoundValues, type MetricName } from './metric-bounds.ts';
import type { Missing, MissingShard } from './missing-shards.ts';
import { valueOfSum } from './sum.ts';
import { showInterval } from './say-bounds.ts';

const isWhole = (): boolean => true;

function partialOf(values: readonly number[]): FoundValues {
  const sum = values.reduce((total, value) => total + value, 0);
  const [min, max] = values.length === 0 ? [null, null] : [Math.min(...values), Math.max(...values)];
  return { count: values.length, sum: sum === 0 ? [] : [sum], min, max };
}

/** `3×2 -5..7`: at most three documents of at most two values each from −5 to 7; `3` has none, `?` is not known. */
function missingOf(text: string): Missing {
  const shards = text.split(', ').map((shard): MissingShard => {
    const [, documents, most, low, high] = /^(\d+|\?)(?:×(\d+) (-?\d+)\.\.(-?\d+))?$/.exec(shard)!;
    if (documents === '?') return { documents: null, least: 0, most: Infinity, columns: null };
    const fields = most === undefined ? {} : { f: [Number(most), Number(low), Number(high)] as const };
    return { documents: Number(documents), least: 0, most: Number(documents), columns: { fields } };
  });
  return { shards, sample: { reason: 'unknown' }, reason: 'unknown' };
}

const names: readonly MetricName[] = ['count', 'min', 'max', 'sum', 'avg'];

function shown(found: FoundValues, missing: Missing): string {
  const ends = names.map((name) => {
    const each = metricBounds(name, 'f', { found, missing, options: { isWhole } });
    if (each === null) return '-';
    const { min: low, max: high } = showInterval(each);
    return `${low === null ? '?' : Number(low.toFixed(3))}..${high === null ? '?' : Number(high.toFixed(3))}`;
  });
  return ends.join(' ');
}

// Each row: values found, what is missing, the bounds of count, min, max, sum and avg.
const rows: [found: number[], missing: string, expected: string][] = [
  [[1, 3], '3×2 -5..7', '2..8 -5..1 3..7 -26..46 -3.25..5.75'],
  [[1, 3], '2×1 2..2', '2..4 1..1 3..3 4..8 2..2'],
  [[1, 3], '2×1 5..9', '2..4 1..1 3..9 4..22 2..5.5'],
  [[1, 3], '1×1 -9..-9, 2×1 10..20', '2..5 -9..1 3..20 -5..44 -1.667..11'],
  [[1, 3], '5', '2..2 1..1 3..3 4..4 2..2'],
  [[1, 3], '0×2 -5..7', '2..2 1..1 3..3 4..4 2..2'],
  [[1, 3], '?', '2..? ?..1 3..? ?..? ?..?'],
  [[1, 3], '?, 3×1 0..9', '2..? ?..1 3..? ?..? ?..?'],
  [[], '3×1 -5..7', '0..3 -5..7 -5..7 -15..21 -5..7'],
  [[], '3', '0..0 - - 0..0 -'],
];
for (const [found, missing, expected] of rows) {
  test(`metricBounds: ${found.join(' and ') || 'nothing'} found, ${missing} missing`, () => {
    assert.equal(shown(partialOf(found), missingOf(missing)), expected);
  });
}

function drawValues(random: Random, countMax: number, size: number): number[] {
  return Array.from({ length: random.integer(0, countMax) }, () => (random.next() - 0.5) * size);
}

test('metricBounds: whatever values within bounds are missing', (t) => {
  const seed = 931;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 3000; run++) {
    const size = 10 ** random.integer(-3, 12);
    const found = drawValues(random, 4, size);
    const lost = Array.from({ length: random.integer(1, 3) }, () => drawValues(random, 5, size));
    const shards = lost.map((values): MissingShard => {
      const documents = values.length + random.integer(0, 2);
      const slack = random.pick([0, size]);
      const fields =
        values.length === 0 ? {} : { f: [1, Math.min(...values) - slack, Math.max(...values) + slack] as const };
      return { documents, least: 0, most: documents, columns: { fields } };
    });
    const missing: Missing = { shards, sample: { reason: 'unknown' }, reason: 'unknown' };
    const { count, sum: added, min, max } = partialOf([...found, ...lost.flat()]);
    const sum = valueOfSum(added);
    const avg = count === 0 ? null : sum / count;
    const truth = { count, sum, min, max, avg };
    const options = { isWhole: () => false };
    for (const name of names) {
      const interval = metricBounds(name, 'f', { found: partialOf(found), missing, options });
      const value = truth[name];
      if (value === null) continue;
      assert.ok(interval !== null && interval.min <= value && value <= interval.max, `${name}: ${value}`);
    }
  }
});
