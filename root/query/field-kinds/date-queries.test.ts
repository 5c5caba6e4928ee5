import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import { parseSearchBody } from '../parse-search-body.ts';
import { assertFault } from '../test-schema.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: {
    at: { kind: 'date' },
    seconds: { kind: 'date', format: 'epoch_second' },
    german: { kind: 'date', format: 'dd.MM.yyyy' },
    year: { kind: 'integer' },
  },
};
/** 2024-05-31T12:34:56.789Z, a Friday. */
const now = Date.UTC(2024, 4, 31, 12, 34, 56, 789);
const parse = (query: unknown) => parseSearchBody({ query }, schema, { timeoutMsMax: 1, now }).query;

/** As Elasticsearch's documentation of ranges has it: what is excluded is shown by a parenthesis. */
function written(query: ReturnType<typeof parse>): string {
  if (query.kind !== 'numberRange') return query.kind === 'numbers' ? query.values.map(iso).join(' ') : query.kind;
  const { low, high, lowInclusive, highInclusive } = query;
  const left = low === undefined ? '(' : `${lowInclusive ? '[' : '('}${iso(low)}`;
  return `${left} ${high === undefined ? ')' : `${iso(high)}${highInclusive ? ']' : ')'}`}`;
}

function iso(instant: number): string {
  return new Date(instant).toISOString().replace(/T00:00:00.000Z$/, '');
}

// Each row: bounds on a field, what lies between them.
const rangeRows: [field: string, bounds: object, expected: string][] = [
  ['at', { gte: '2024-05-31', lte: '2024-05-31' }, '[2024-05-31 2024-05-31T23:59:59.999Z]'],
  ['at', { gt: '2024-05-31', lt: '2024-06-02' }, '(2024-05-31T23:59:59.999Z 2024-06-02)'],
  ['at', { gt: '2024-05-31T12' }, '(2024-05-31T12:59:59.999Z )'],
  ['at', { lte: '2024-05-31T12:30:15Z' }, '( 2024-05-31T12:30:15.999Z]'],
  ['at', { lte: '2024-05-31T12:30:15.5Z' }, '( 2024-05-31T12:30:15.500Z]'],
  ['at', { lte: 5, gt: 5 }, '(1970-01-01T00:00:00.005Z 1970-01-01T00:00:00.005Z]'],
  ['at', { lte: '1717158896789' }, '( 2024-05-31T12:34:56.789Z]'],
  // A month is its first day, as in Elasticsearch; rounded it is all of it.
  ['at', { lte: '2024-05' }, '( 2024-05-01T23:59:59.999Z]'],
  ['at', { gte: '2024-05||/M', lte: '2024-05||/M' }, '[2024-05-01 2024-05-31T23:59:59.999Z]'],
  ['at', { gt: '2014-11-18||/M' }, '(2014-11-30T23:59:59.999Z )'],
  ['at', { lt: '2014-11-18||/M' }, '( 2014-11-01)'],
  ['at', { lte: '2014-11-18||+1d' }, '( 2014-11-19]'],
  ['at', { gte: 'now-1d/d', lt: 'now/d' }, '[2024-05-30 2024-05-31)'],
  ['at', { gt: 'now/w', lte: 'now+1h' }, '(2024-06-02T23:59:59.999Z 2024-05-31T13:34:56.789Z]'],
  [
    'at',
    { gte: '2024-05-31', lte: '2024-05-31', time_zone: 'Europe/Paris' },
    '[2024-05-30T22:00:00.000Z 2024-05-31T21:59:59.999Z]',
  ],
  ['at', { lte: '2024-10-27', time_zone: 'Europe/Paris' }, '( 2024-10-27T22:59:59.999Z]'],
  ['at', { gte: 'now/d', time_zone: '+14:00' }, '[2024-05-31T10:00:00.000Z )'],
  ['at', { gte: '2024-05-31T00:00Z', time_zone: '+14:00' }, '[2024-05-31 )'],
  ['at', { gte: '01.05.2024', lte: '2024', format: 'dd.MM.yyyy||yyyy' }, '[2024-05-01 2024-01-01T23:59:59.999Z]'],
  ['at', { gte: 1_717_158_896, format: 'epoch_second' }, '[2024-05-31T12:34:56.000Z )'],
  ['at', { lte: 1_717_158_896, format: 'epoch_second' }, '( 2024-05-31T12:34:56.999Z]'],
  // By the field's own format, or as answers show dates.
  ['seconds', { gte: 1_717_158_896 }, '[2024-05-31T12:34:56.000Z )'],
  ['seconds', { gte: '2024-05-31T12:34:56.000Z' }, '[2024-05-31T12:34:56.000Z )'],
  ['german', { lte: '31.05.2024' }, '( 2024-05-31T23:59:59.999Z]'],
  ['german', { lte: '2024-05-31' }, '( 2024-05-31T23:59:59.999Z]'],
  ['german', { lte: 1_717_158_896_789 }, '( 2024-05-31T12:34:56.789Z]'],
];
for (const [field, bounds, expected] of rangeRows) {
  test(`dateQueries: ${field} ${JSON.stringify(bounds)} is ${expected}`, () =>
    assert.equal(written(parse({ range: { [field]: bounds } })), expected));
}

// Each row: a value, what it stands for.
const exactRows: [value: unknown, expected: string][] = [
  ['2024-05-31', '[2024-05-31 2024-05-31T23:59:59.999Z]'],
  ['2024-W22-5', '[2024-05-31 2024-05-31T23:59:59.999Z]'],
  ['now/d', '[2024-05-31 2024-05-31T23:59:59.999Z]'],
  ['now', '2024-05-31T12:34:56.789Z'],
  ['2024-05-31T12:00:00.000Z', '2024-05-31T12:00:00.000Z'],
  [now, '2024-05-31T12:34:56.789Z'],
];
for (const [value, expected] of exactRows) {
  test(`dateQueries: ${JSON.stringify(value)} is ${expected}`, () => {
    assert.equal(written(parse({ term: { at: value } })), expected);
    assert.equal(written(parse({ match: { at: value } })), expected);
    assert.equal(written(parse({ terms: { at: [value, value] } })), expected);
  });
}

test('dateQueries: days beside one another are one range, single instants one clause', () => {
  const query = parse({
    terms: { at: ['2024-05-31', 5, '2024-06-02', '2024-06-01', 7, '2024-05-31T12', '2020-01-01'] },
  });
  assert.ok(query.kind === 'constantScore' && query.query.kind === 'bool');
  assert.deepEqual(query.query.should.map(written), [
    '1970-01-01T00:00:00.005Z 1970-01-01T00:00:00.007Z',
    '[2020-01-01 2020-01-01T23:59:59.999Z]',
    '[2024-05-31 2024-06-02T23:59:59.999Z]',
  ]);
});

// Each row: a query, its fault.
const faultRows: [query: object, fault: string][] = [
  [{ range: { at: { gte: '2024-02-30' } } }, 'REQUEST_VALUE_INVALID /query/range/at/gte'],
  [{ range: { at: { gte: true } } }, 'REQUEST_TYPE_WRONG /query/range/at/gte'],
  [{ range: { at: { gte: 1.5 } } }, 'REQUEST_VALUE_INVALID /query/range/at/gte'],
  [{ range: { at: { gte: 'now-1' } } }, 'REQUEST_VALUE_INVALID /query/range/at/gte'],
  [{ range: { at: { gte: 'now+999999999y' } } }, 'REQUEST_VALUE_INVALID /query/range/at/gte'],
  [{ range: { at: { gte: '2024', format: 'WW' } } }, 'REQUEST_VALUE_INVALID /query/range/at/format'],
  [{ range: { at: { gte: '2024', format: 'dd.MM.yyyy' } } }, 'REQUEST_VALUE_INVALID /query/range/at/gte'],
  [{ range: { at: { gte: '2024', time_zone: 'Mars/Base' } } }, 'REQUEST_VALUE_INVALID /query/range/at/time_zone'],
  [{ range: { year: { gte: 2024, time_zone: 'UTC' } } }, 'REQUEST_FIELD_UNKNOWN /query/range/year/time_zone'],
  [{ term: { at: 8_640_000_000_000_001 } }, 'REQUEST_VALUE_INVALID /query/term/at'],
];
for (const [query, fault] of faultRows) {
  test(`dateQueries: refuses ${JSON.stringify(query)}`, () => assertFault(() => parse(query), fault));
}

test('dateQueries: where nothing says what time it is, now is refused', () => {
  const body = { query: { term: { at: 'now' } } };
  assertFault(() => parseSearchBody(body, schema, { timeoutMsMax: 1 }), 'REQUEST_VALUE_INVALID /query/term/at');
});
