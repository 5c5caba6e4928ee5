import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompositeRequest } from '../../../../shared/aggregation/composite.ts';
import { sourceDefinitionOf } from '../../../../shared/aggregation/composite/sources.ts';
import { parseSearchBody } from '../../parse-search-body.ts';
import { assertFault, testSchema } from '../../test-schema.ts';

const dayMs = 86_400_000;

function read(options: object, after?: unknown): CompositeRequest {
  const sources = [{ d: { date_histogram: { field: 'seen', ...options } } }];
  const composite = after === undefined ? { sources } : { sources, after: { d: after } };
  const { aggregations } = parseSearchBody({ aggs: { c: { composite } } }, testSchema, { timeoutMsMax: 1 });
  return aggregations['c'] as CompositeRequest;
}

test('date_histogram of composite: what leaves are asked', () => {
  const { sources, after } = read(
    { calendar_interval: '1M', time_zone: 'Europe/Paris', offset: '+1d', order: 'desc', missing_bucket: true },
    Date.parse('2024-05-31T12:00:00Z'),
  );
  assert.deepEqual(sources, [
    {
      name: 'd',
      by: 'date_histogram',
      field: 'seen',
      descending: true,
      missing: 'last',
      interval: { kind: 'calendar', unit: 'month' },
      timeZone: 'Europe/Paris',
      offset: dayMs,
    },
  ]);
  assert.deepEqual(after, [Date.parse('2024-05-02T00:00:00+02:00')]);
});

// Each row: options; a key as it is shown, and as it travels.
const keys: [options: object, shown: string | number, key: number][] = [
  [{ calendar_interval: 'day' }, 3 * dayMs, 3 * dayMs],
  [{ calendar_interval: 'day', format: 'yyyy-MM-dd' }, '1970-01-04', 3 * dayMs],
  [{ calendar_interval: 'month', format: 'yyyy-MM', time_zone: 'Asia/Tokyo' }, '1970-02', 31 * dayMs - 9 * 3_600_000],
  [{ fixed_interval: '36h', format: "yyyy-MM-dd'T'HH" }, '1970-01-02T12', 1.5 * dayMs],
  [
    { calendar_interval: 'hour', format: 'yyyy-MM-dd HH:mmXXX', time_zone: 'Europe/Paris' },
    '2024-10-27 02:00+02:00',
    Date.UTC(2024, 9, 27),
  ],
  [{ calendar_interval: 'day', format: 'epoch_second' }, '259200', 3 * dayMs],
];
for (const [options, shown, key] of keys) {
  test(`date_histogram of composite: ${JSON.stringify(options)} shows a key that begins the next page`, () => {
    const { sources, after } = read(options, shown);
    assert.deepEqual(after, [key]);
    assert.equal(sourceDefinitionOf(sources[0]!).show(sources[0]!, key), shown);
  });
}

// Formats by which two buckets would look alike, or begin elsewhere.
const refused: object[] = [
  { calendar_interval: 'hour', format: 'yyyy-MM-dd' },
  { calendar_interval: 'month', format: 'MM' },
  { fixed_interval: '36h', format: 'yyyy-MM-dd' },
  { calendar_interval: 'day', offset: '+6h', format: 'yyyy-MM-dd' },
  // The hour after midnight of UTC comes twice on 2024-10-27.
  { calendar_interval: 'hour', format: "yyyy-MM-dd'T'HH:mm", time_zone: 'Europe/Paris' },
  { calendar_interval: 'day', format: 'EEEE' },
];
for (const options of refused) {
  test(`date_histogram of composite: ${JSON.stringify(options)} is refused`, () => {
    assertFault(() => read(options), 'REQUEST_VALUE_INVALID /aggs/c/composite/sources/0/d/date_histogram/format');
  });
}
