import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompositeRequest } from '../../../../shared/aggregation/composite.ts';
import { bordersOf } from '../../../../shared/aggregation/date-histogram.ts';
import { sourceDefinitionOf } from '../../../../shared/aggregation/composite/sources.ts';
import { RequestNode } from '../../../../shared/json/request-node.ts';
import { parseSearchBody } from '../../parse-search-body.ts';
import { assertFault, testSchema } from '../../test-schema.ts';
import { dateHistogramSource } from './date-histogram-source.ts';

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
  // Clocks were 4 h 56 min 2 s behind, and 9 min 21 s ahead.
  [
    { calendar_interval: 'hour', format: 'yyyy-MM-dd HH:mmXXX', time_zone: 'America/New_York' },
    '1880-01-01 05:00-04:56:02',
    Date.UTC(1880, 0, 1, 9, 56, 2),
  ],
  [
    { fixed_interval: '1s', format: "yyyy-MM-dd'T'HH:mm:ssXXX", time_zone: 'Europe/Paris' },
    '1900-01-01T00:00:05+00:09:21',
    Date.UTC(1899, 11, 31, 23, 50, 44),
  ],
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
  // Clocks were changed until 1951, and never since.
  { calendar_interval: 'hour', format: "yyyy-MM-dd'T'HH:mm", time_zone: 'Asia/Tokyo' },
];

test('date_histogram of composite: each bucket of hours begins the page after it, from the first clocks on', () => {
  const field = { name: 'seen', path: 'seen', kind: 'date' } as const;
  for (const time_zone of ['America/New_York', 'Europe/Paris', 'Africa/Monrovia', 'Asia/Kolkata', 'Europe/Amsterdam']) {
    const options = { calendar_interval: 'hour', format: "yyyy-MM-dd'T'HH:mmXXX", time_zone };
    const [source] = read(options).sources;
    assert.ok(source?.by === 'date_histogram');
    const borders = bordersOf(source);
    for (const year of [1850, 1890, 1915, 1930, 1939, 1960, 1971, 2020]) {
      let key = borders.floor(Date.UTC(year, 2, 25));
      for (let i = 0; i < 100; i++, key = borders.next(key)) {
        const shown = sourceDefinitionOf(source).show(source, key);
        // A request has the format tried with every change of clocks before its key is read: the first of each year goes all the way.
        if (i === 0) assert.deepEqual(read(options, shown).after, [key], `${shown} in ${time_zone}`);
        const node = RequestNode.body(shown);
        assert.equal(dateHistogramSource.readKey(node, source, field), key, `${shown} in ${time_zone}`);
      }
    }
  }
});
for (const options of refused) {
  test(`date_histogram of composite: ${JSON.stringify(options)} is refused`, () => {
    assertFault(() => read(options), 'REQUEST_VALUE_INVALID /aggs/c/composite/sources/0/d/date_histogram/format');
  });
}
