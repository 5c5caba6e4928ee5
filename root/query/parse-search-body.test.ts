import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchRequest } from '../../shared/query/request.ts';
import { parseSearchBody, searchBodyProperties } from './parse-search-body.ts';
import { assertFault, testSchema } from './test-schema.ts';

const parse = (body: unknown): SearchRequest => parseSearchBody(body, testSchema, { timeoutMsMax: 60_000 });

const defaults: SearchRequest = {
  query: { kind: 'all' },
  from: 0,
  size: 10,
  sort: [{ by: 'score', descending: true }],
  source: true,
  trackTotalHits: 10_000,
  aggregations: {},
  timeoutMs: undefined,
  coverageMin: undefined,
  coverageStrict: false,
  token: undefined,
};

const byYear = (descending: boolean) => ({ by: 'field', field: 'year', descending, values: 'number' }) as const;
const byScore = (descending: boolean) => ({ by: 'score', descending }) as const;

// Each row: a body, what differs from the defaults.
const rows: [body: unknown, expected: Partial<SearchRequest>][] = [
  [undefined, {}],
  [{}, {}],
  [
    { from: 9000, size: 1000 },
    { from: 9000, size: 1000 },
  ],
  [{ size: 0 }, { size: 0 }],
  [{ sort: 'year' }, { sort: [byYear(false)] }],
  [{ sort: [] }, {}],
  [{ sort: ['_score'] }, {}],
  [{ sort: { year: 'desc' } }, { sort: [byYear(true)] }],
  [{ sort: { year: { order: 'desc' } } }, { sort: [byYear(true)] }],
  [{ sort: { year: {} } }, { sort: [byYear(false)] }],
  [{ sort: { year: { missing: 'last' } } }, { sort: [byYear(false)] }],
  [
    { sort: { year: { missing: 'first', mode: 'max' } } },
    { sort: [{ ...byYear(false), missing: 'first', mode: 'max' }] },
  ],
  [
    { sort: [{ _score: 'asc' }, { _score: {} }, '_doc', { _doc: { order: 'desc' } }] },
    {
      sort: [
        byScore(false),
        byScore(true),
        { by: 'position', descending: false },
        { by: 'position', descending: true },
      ],
    },
  ],
  [{ sort: 'title.raw' }, { sort: [{ by: 'field', field: 'title.raw', descending: false, values: 'string' }] }],
  [{ sort: 'draft' }, { sort: [{ by: 'field', field: 'draft', descending: false, values: 'number' }] }],
  [{ _source: false }, { source: false }],
  [{ _source: 'a.*' }, { source: { includes: ['a.*'], excludes: [] } }],
  [{ _source: ['a', 'b'] }, { source: { includes: ['a', 'b'], excludes: [] } }],
  [{ _source: { excludes: 'b' } }, { source: { includes: [], excludes: ['b'] } }],
  [{ _source: [] }, {}],
  [{ track_total_hits: false }, { trackTotalHits: false }],
  [{ track_total_hits: 5 }, { trackTotalHits: 5 }],
  [{ timeout: '200ms' }, { timeoutMs: 200 }],
  [{ timeout: '1.5s' }, { timeoutMs: 1500 }],
  [{ timeout: '1m' }, { timeoutMs: 60_000 }],
  [{ timeout: 0.5 }, { timeoutMs: 0.5 }],
  [{ coverage: { min: 0.5 } }, { coverageMin: 0.5 }],
  [{ coverage: { strict: true } }, { coverageStrict: true }],
  [{ coverage: {} }, {}],
  [{ token: 'abc' }, { token: 'abc' }],
  [
    { priority: 'batch', profile: true },
    { priority: 'batch', profile: true },
  ],
  [{ spread: 'wide' }, { spread: 'wide' }],
  [{ profile: false }, {}],
];

for (const [body, expected] of rows) {
  test(`parseSearchBody: ${JSON.stringify(body)}`, () => assert.deepEqual(parse(body), { ...defaults, ...expected }));
}

// Each row: a body, its fault, facts that must be in the detail.
const faults: [body: unknown, fault: string, facts?: Readonly<Record<string, unknown>>][] = [
  [null, 'REQUEST_TYPE_WRONG '],
  [[], 'REQUEST_TYPE_WRONG ', { actual: 'an array' }],
  [{ querry: {} }, 'REQUEST_FIELD_UNKNOWN /querry', { field: 'querry', allowed: searchBodyProperties }],
  [JSON.parse('{"__proto__": 1}'), 'REQUEST_FIELD_UNKNOWN /__proto__'],
  [{ from: -1 }, 'REQUEST_VALUE_INVALID /from', { min: 0, actual: -1 }],
  [{ size: '10' }, 'REQUEST_TYPE_WRONG /size', { expected: 'a whole number', actual: '"10"' }],
  [{ size: 1.5 }, 'REQUEST_TYPE_WRONG /size'],
  [{ size: 10_001 }, 'RESULT_WINDOW_TOO_LARGE /size', { limit: 10_000, actual: 10_001 }],
  [{ from: 9991 }, 'RESULT_WINDOW_TOO_LARGE /from', { actual: 10_001 }],
  [{ sort: 5 }, 'REQUEST_TYPE_WRONG /sort'],
  [{ sort: ['year', 'nope'] }, 'FIELD_UNKNOWN /sort/1'],
  [{ sort: 'year:desc' }, 'FIELD_UNKNOWN /sort'],
  [{ sort: [{ title: 'asc' }] }, 'FIELD_KIND_WRONG /sort/0/title', { use: ['title.raw'] }],
  [{ sort: { year: 'down' } }, 'REQUEST_VALUE_INVALID /sort/year', { allowed: ['asc', 'desc'] }],
  [{ sort: { year: { order: 'asc', missing: '_last' } } }, 'REQUEST_VALUE_INVALID /sort/year/missing'],
  [{ sort: { year: { mode: 'sum' } } }, 'REQUEST_VALUE_INVALID /sort/year/mode', { allowed: ['min', 'max'] }],
  [{ sort: { _score: { missing: 'first' } } }, 'REQUEST_FIELD_UNKNOWN /sort/_score/missing'],
  [{ sort: { year: { nested: 1 } } }, 'REQUEST_FIELD_UNKNOWN /sort/year/nested'],
  [{ sort: { year: 'asc', price: 'asc' } }, 'REQUEST_VALUE_INVALID /sort'],
  [{ sort: Array(9).fill('year') }, 'REQUEST_VALUE_INVALID /sort', { limit: 8, actual: 9 }],
  [{ _source: 5 }, 'REQUEST_TYPE_WRONG /_source'],
  [{ _source: ['a', 5] }, 'REQUEST_TYPE_WRONG /_source/1'],
  [{ _source: '' }, 'REQUEST_VALUE_INVALID /_source'],
  [{ _source: { include: 'a' } }, 'REQUEST_FIELD_UNKNOWN /_source/include', { allowed: ['includes', 'excludes'] }],
  [{ track_total_hits: 'true' }, 'REQUEST_TYPE_WRONG /track_total_hits'],
  [{ track_total_hits: -1 }, 'REQUEST_VALUE_INVALID /track_total_hits'],
  [{ timeout: '0ms' }, 'REQUEST_VALUE_INVALID /timeout', { limit: 60_000, actual: 0 }],
  [{ timeout: '2m' }, 'REQUEST_VALUE_INVALID /timeout', { actual: 120_000 }],
  [{ timeout: '5 s' }, 'REQUEST_VALUE_INVALID /timeout'],
  [{ timeout: true }, 'REQUEST_TYPE_WRONG /timeout'],
  [{ coverage: { min: 1.1 } }, 'REQUEST_VALUE_INVALID /coverage/min'],
  [{ coverage: 1 }, 'REQUEST_TYPE_WRONG /coverage'],
  [{ priority: 'urgent' }, 'REQUEST_VALUE_INVALID /priority'],
  [{ spread: 'thin' }, 'REQUEST_VALUE_INVALID /spread'],
  [{ profile: 1 }, 'REQUEST_TYPE_WRONG /profile'],
  [{ token: '' }, 'REQUEST_VALUE_INVALID /token'],
  [{ token: null }, 'REQUEST_TYPE_WRONG /token'],
];

for (const [body, fault, facts] of faults) {
  test(`parseSearchBody: refuses ${JSON.stringify(body)}`, () => assertFault(() => parse(body), fault, facts));
}
