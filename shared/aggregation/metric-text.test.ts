import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationRequest } from './definition.ts';
import type { MetricPartial } from './metric.ts';
import { finishAggregations } from './result.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const dayMs = 86_400_000;
const [first, second] = ['1970-01-01T00:00:00.000Z', '1970-01-02T00:00:00.000Z'];
const ofDates = { field: 'd', values: 'number', show: 'date' } as const;
const two: MetricPartial = { kind: 'metric', count: 2, sum: [dayMs], min: 0, max: dayMs };
const far = 8_640_000_000_000_000;

// Each row: a request, a partial, what is told of it.
const rows: [request: AggregationRequest, partial: MetricPartial, expected: object][] = [
  [{ kind: 'min', ...ofDates }, two, { value: 0, value_as_string: first }],
  [{ kind: 'max', ...ofDates }, two, { value: dayMs, value_as_string: second }],
  [{ kind: 'avg', ...ofDates }, two, { value: dayMs / 2, value_as_string: '1970-01-01T12:00:00.000Z' }],
  [{ kind: 'sum', ...ofDates }, two, { value: dayMs, value_as_string: second }],
  [{ kind: 'sum', ...ofDates }, { ...two, sum: [2 * far], min: far, max: far }, { value: 2 * far }],
  [{ kind: 'min', ...ofDates }, { kind: 'metric', count: 0, sum: [], min: null, max: null }, { value: null }],
  [
    { kind: 'stats', ...ofDates },
    two,
    {
      count: 2,
      min: 0,
      max: dayMs,
      avg: dayMs / 2,
      sum: dayMs,
      min_as_string: first,
      max_as_string: second,
      avg_as_string: '1970-01-01T12:00:00.000Z',
      sum_as_string: second,
    },
  ],
  [
    { kind: 'stats', ...ofDates },
    { kind: 'metric', count: 0, sum: [], min: null, max: null },
    { count: 0, min: null, max: null, avg: null, sum: 0 },
  ],
  [{ kind: 'max', field: 'n', values: 'number' }, two, { value: dayMs }],
];
for (const [request, partial, expected] of rows) {
  test(`metric as text: ${request.kind} of ${JSON.stringify(partial)}`, () => {
    assert.deepEqual({ ...finishAggregations({ x: request }, { x: partial }, wholeAnswer)['x'] }, expected);
  });
}
