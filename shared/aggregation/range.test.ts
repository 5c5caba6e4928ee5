import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationRequest } from './definition.ts';
import { finishAggregations } from './result.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

function finish(request: AggregationRequest, counts: readonly [place: number, count: number][]): unknown {
  const buckets = counts.map(([key, count]) => ({ key, count, aggregations: {} }));
  return JSON.parse(
    JSON.stringify(finishAggregations({ x: request }, { x: { kind: 'histogram', buckets } }, wholeAnswer)['x']),
  );
}

const ofField = { field: 'f', aggregations: {} } as const;

test('range: every range has a bucket, with its bounds', () => {
  const ranges = [{ to: 10 }, { from: 10, to: 20.5 }, { key: 'much', from: 20.5 }, {}];
  assert.deepEqual(finish({ kind: 'range', ...ofField, ranges }, [[1, 3]]), {
    buckets: [
      { key: '*-10.0', to: 10, doc_count: 0 },
      { key: '10.0-20.5', from: 10, to: 20.5, doc_count: 3 },
      { key: 'much', from: 20.5, doc_count: 0 },
      { key: '*-*', doc_count: 0 },
    ],
  });
  assert.deepEqual(finish({ kind: 'range', ...ofField, ranges: ranges.slice(0, 2), keyed: true }, [[0, 1]]), {
    buckets: { '*-10.0': { to: 10, doc_count: 1 }, '10.0-20.5': { from: 10, to: 20.5, doc_count: 0 } },
  });
});

test('range: keyed buckets have names that differ', () => {
  const ranges = [{ to: 10 }, { to: 10 }];
  assert.throws(() => finish({ kind: 'range', ...ofField, ranges, keyed: true }, []), {
    code: 'REQUEST_VALUE_INVALID',
  });
  assert.doesNotThrow(() => finish({ kind: 'range', ...ofField, ranges }, []));
});

test('date_range: bounds are instants, and shown by the format and the clocks of the zone', () => {
  const at = Date.UTC(2024, 4, 30, 22);
  const request = {
    kind: 'date_range',
    ...ofField,
    ranges: [{ to: at }, { from: at }],
    timeZone: 'Europe/Paris',
  } as const;
  assert.deepEqual(finish({ ...request, format: 'dd.MM.yyyy' }, [[1, 2]]), {
    buckets: [
      { key: '*-31.05.2024', to: at, to_as_string: '31.05.2024', doc_count: 0 },
      { key: '31.05.2024-*', from: at, from_as_string: '31.05.2024', doc_count: 2 },
    ],
  });
  const [first] = (finish(request, []) as { buckets: { key: string }[] }).buckets;
  assert.equal(first?.key, '*-2024-05-31T00:00:00.000+02:00');
});

test('ip_range: bounds are addresses', () => {
  const key = (last: string): string => `00000000000000000000ffff${last}`;
  const ranges = [{ to: key('0a000005') }, { key: '10.0.0.0/25', from: key('0a000000'), to: key('0a000080') }];
  assert.deepEqual(finish({ kind: 'ip_range', ...ofField, ranges }, [[0, 4]]), {
    buckets: [
      { key: '*-10.0.0.5', to: '10.0.0.5', doc_count: 4 },
      { key: '10.0.0.0/25', from: '10.0.0.0', to: '10.0.0.128', doc_count: 0 },
    ],
  });
});
