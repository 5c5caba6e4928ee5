import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { mergeAggregations } from './merge.ts';
import { finishAggregations } from './result.ts';
import type { TopMetricsPartial, TopMetricsRequest, TopRow } from './top-metrics.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const byDate = { field: 'd', descending: true, countsGreatest: true, missingFirst: false, show: 'date' } as const;
const request: TopMetricsRequest = {
  kind: 'top_metrics',
  metrics: [
    { field: 'm', values: 'number', show: 'plain' },
    { field: 'k', values: 'string', show: 'plain' },
  ],
  sort: byDate,
  size: 2,
};

const row = (sort: TopRow['sort'], ...metrics: TopRow['metrics']): TopRow => ({ sort, metrics });

/** Each row as a part of its own, merged. */
function merged(asked: TopMetricsRequest, rows: readonly TopRow[]): TopMetricsPartial {
  const parts = rows.map((each) => ({ x: { kind: 'top_metrics', top: [each] } as const }));
  const partial = mergeAggregations({ x: asked }, parts)['x']!;
  assert.ok(partial.kind === 'top_metrics');
  return partial;
}

// Each row: what differs in the request, rows that are merged, those that are left.
const orders: [name: string, sort: Partial<TopMetricsRequest['sort']>, rows: TopRow[], top: TopRow[]][] = [
  ['the greatest first', {}, [row(1, 1, 'a'), row(3, 2, 'b'), row(2, 3, 'c')], [row(3, 2, 'b'), row(2, 3, 'c')]],
  ['the least first', { descending: false }, [row(5, 1, 'a'), row(-1, 2, 'b')], [row(-1, 2, 'b'), row(5, 1, 'a')]],
  ['none last', {}, [row(null, 1, 'a'), row(-5, 2, 'b'), row(-6, 3, 'c')], [row(-5, 2, 'b'), row(-6, 3, 'c')]],
  ['none first', { missingFirst: true }, [row(5, 2, 'b'), row(null, 1, 'a')], [row(null, 1, 'a'), row(5, 2, 'b')]],
  [
    'equal ones by their metrics',
    {},
    [row(1, 2, 'b'), row(1, 2, 'a'), row(1, 1, 'z')],
    [row(1, 1, 'z'), row(1, 2, 'a')],
  ],
  [
    'of equal ones those without a metric last',
    {},
    [row(1, null, null), row(1, 2, null)],
    [row(1, 2, null), row(1, null, null)],
  ],
  ['none', {}, [], []],
];
for (const [name, sort, rows, top] of orders) {
  test(`top_metrics: ${name}`, () => {
    assert.deepEqual(merged({ ...request, sort: { ...byDate, ...sort } }, rows).top, top);
  });
}

test('top_metrics: dates are told as text', () => {
  const partial = merged(request, [row(86_400_000, 2.5, 'b'), row(null, null, 'a')]);
  const result: unknown = JSON.parse(
    JSON.stringify(finishAggregations({ x: request }, { x: partial }, wholeAnswer)['x']),
  );
  assert.deepEqual(result, {
    top: [
      { sort: ['1970-01-02T00:00:00.000Z'], metrics: { m: 2.5, k: 'b' } },
      { sort: [null], metrics: { m: null, k: 'a' } },
    ],
  });
});

test('top_metrics: merged in any tree to the same bytes', (t) => {
  const seed = 20_878;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 200; run++) {
    const asked = { ...request, size: random.integer(1, 5) };
    const rows = Array.from({ length: random.integer(1, 20) }, () =>
      row(random.pick([null, 1, 2, 3]), random.pick([null, 1, 2]), random.pick([null, 'a', '\u{1f600}', '\ufffd'])),
    );
    const expected = JSON.stringify(merged(asked, rows));
    let parts = rows.map((each): TopMetricsPartial => ({ kind: 'top_metrics', top: [each] }));
    while (parts.length > 1) {
      const [first, second, ...rest] = random.shuffle(parts);
      const both = mergeAggregations({ x: asked }, [{ x: first! }, { x: second! }])['x']!;
      assert.ok(both.kind === 'top_metrics');
      parts = [both, ...rest];
    }
    assert.equal(JSON.stringify(parts[0]), expected, `run ${run}`);
  }
});
