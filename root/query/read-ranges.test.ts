import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { readAggregate } from '../jobs/read-aggregate.ts';
import { parseSearchBody } from './parse-search-body.ts';
import { assertFault } from './test-schema.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: { year: { kind: 'integer' }, seen: { kind: 'date' }, peer: { kind: 'ip' }, tag: { kind: 'keyword' } },
};
/** 2024-05-31T12:34:56Z. */
const now = 1_717_158_896_000;
const parse = (aggregation: unknown) =>
  parseSearchBody({ aggs: { a: aggregation } }, schema, { timeoutMsMax: 1, now }).aggregations['a'];

const key = (last: string): string => `00000000000000000000ffff${last}`;

// Each row: one aggregation, the request it makes without what is nested.
const rows: [aggregation: unknown, expected: object][] = [
  // By their beginning, then by their end.
  [
    {
      range: {
        field: 'year',
        ranges: [{ from: 5 }, { from: 5, to: 7 }, { to: 9 }, { to: 5, key: 'old' }],
        keyed: true,
        missing: 3,
      },
    },
    {
      kind: 'range',
      field: 'year',
      ranges: [{ key: 'old', to: 5 }, { to: 9 }, { from: 5, to: 7 }, { from: 5 }],
      keyed: true,
      missing: 3,
    },
  ],
  [
    { date_range: { field: 'seen', ranges: [{ from: 'now-1d/d' }, { to: '2024-05', key: 'k' }], time_zone: '+02:00' } },
    {
      kind: 'date_range',
      field: 'seen',
      ranges: [{ key: 'k', to: Date.UTC(2024, 3, 30, 22) }, { from: Date.UTC(2024, 4, 29, 22) }],
      timeZone: '+02:00',
    },
  ],
  [
    { date_range: { field: 'seen', ranges: [{ from: '31.05.2024||/M' }], format: 'dd.MM.yyyy', missing: 5 } },
    {
      kind: 'date_range',
      field: 'seen',
      ranges: [{ from: Date.UTC(2024, 4, 1) }],
      timeZone: 'UTC',
      format: 'dd.MM.yyyy',
      missing: 5,
    },
  ],
  [
    {
      ip_range: { field: 'peer', ranges: [{ from: '10.0.0.5' }, { mask: '10.1.2.3/8' }, { mask: '::/0', key: 'all' }] },
    },
    {
      kind: 'ip_range',
      field: 'peer',
      ranges: [
        { key: 'all' },
        { key: '10.1.2.3/8', from: key('0a000000'), to: key('0b000000') },
        { from: key('0a000005') },
      ],
    },
  ],
];
for (const [aggregation, expected] of rows) {
  test(`ranges: ${JSON.stringify(aggregation)}`, () =>
    assert.deepEqual(parse(aggregation), { ...expected, aggregations: {} }));
}

const ofYear = { field: 'year', ranges: [{}] };

// Each row: one aggregation, its fault below /aggs/a.
const faults: [aggregation: unknown, code: string, at: string][] = [
  [{ range: { ...ofYear, field: 'tag' } }, 'FIELD_KIND_WRONG', '/range/field'],
  [{ date_range: ofYear }, 'FIELD_KIND_WRONG', '/date_range/field'],
  [{ ip_range: { ...ofYear, field: 'tag' } }, 'FIELD_KIND_WRONG', '/ip_range/field'],
  [{ range: { field: 'year' } }, 'REQUEST_FIELD_MISSING', '/range'],
  [{ range: { field: 'year', ranges: [] } }, 'REQUEST_VALUE_INVALID', '/range/ranges'],
  [{ range: { field: 'year', ranges: {} } }, 'REQUEST_TYPE_WRONG', '/range/ranges'],
  [
    { range: { field: 'year', ranges: Array.from({ length: 1001 }, () => ({})) } },
    'REQUEST_VALUE_INVALID',
    '/range/ranges',
  ],
  [{ range: { field: 'year', ranges: [{ gte: 1 }] } }, 'REQUEST_FIELD_UNKNOWN', '/range/ranges/0/gte'],
  [{ range: { field: 'year', ranges: [{ from: '1' }] } }, 'REQUEST_TYPE_WRONG', '/range/ranges/0/from'],
  [{ range: { field: 'year', ranges: [{ key: '' }] } }, 'REQUEST_VALUE_INVALID', '/range/ranges/0/key'],
  [{ range: { ...ofYear, format: 'yyyy' } }, 'REQUEST_FIELD_UNKNOWN', '/range/format'],
  [{ range: ofYear, aggs: { to: { max: { field: 'year' } } } }, 'REQUEST_VALUE_INVALID', ''],
  [{ date_range: { field: 'seen', ranges: [{ to: 'later' }] } }, 'REQUEST_VALUE_INVALID', '/date_range/ranges/0/to'],
  [
    { date_range: { field: 'seen', ranges: [{}], time_zone: 'Paris' } },
    'REQUEST_VALUE_INVALID',
    '/date_range/time_zone',
  ],
  [
    { ip_range: { field: 'peer', ranges: [{ from: '10.0.0.0/8' }] } },
    'REQUEST_VALUE_INVALID',
    '/ip_range/ranges/0/from',
  ],
  [{ ip_range: { field: 'peer', ranges: [{ mask: '10.0.0.1' }] } }, 'REQUEST_VALUE_INVALID', '/ip_range/ranges/0/mask'],
  [
    { ip_range: { field: 'peer', ranges: [{ mask: '10.0.0.0/33' }] } },
    'REQUEST_VALUE_INVALID',
    '/ip_range/ranges/0/mask',
  ],
  [
    { ip_range: { field: 'peer', ranges: [{ mask: '10.0.0.0/8', to: '10.0.0.1' }] } },
    'REQUEST_VALUE_INVALID',
    '/ip_range/ranges/0',
  ],
];
for (const [aggregation, code, at] of faults) {
  test(`ranges: refuses ${JSON.stringify(aggregation).slice(0, 120)}`, () =>
    assertFault(() => parse(aggregation), `${code} /aggs/a${at}`));
}

test('ranges: now of a job is when it was created', () => {
  const aggs = { a: { date_range: { field: 'seen', ranges: [{ from: 'now-1d' }] } } };
  const { a } = readAggregate({ query: undefined, aggs }, schema, 5).aggregations;
  assert.deepEqual(a?.kind === 'date_range' ? a.ranges : null, [{ from: 5 - 86_400_000 }]);
});

test('ranges: of a search without a time of day nothing says now', () => {
  const body = { aggs: { a: { date_range: { field: 'seen', ranges: [{ from: 'now' }] } } } };
  assertFault(
    () => parseSearchBody(body, schema, { timeoutMsMax: 1 }),
    'REQUEST_VALUE_INVALID /aggs/a/date_range/ranges/0/from',
  );
});
