import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchRequest } from '../../shared/query/request.ts';
import { parseSearchBody } from './parse-search-body.ts';
import { parseSearchParameters, searchParameters } from './parse-search-parameters.ts';
import { assertFault, testSchema } from './test-schema.ts';

const defaults = { timeoutMsMax: 60_000 };
const parse = (query: string): SearchRequest => parseSearchParameters(new URLSearchParams(query), testSchema, defaults);

// Each row: the query of a URL, the body that means the same.
const rows: [url: string, body: object][] = [
  ['', {}],
  ['q=title:cat', { query: { match: { title: 'cat' } } }],
  ['from=5&size=0', { from: 5, size: 0 }],
  ['sort=year:desc,_score', { sort: [{ year: 'desc' }, '_score'] }],
  ['sort=title.raw', { sort: 'title.raw' }],
  ['_source=true', {}],
  ['_source=false', { _source: false }],
  ['_source=a,b.*', { _source: ['a', 'b.*'] }],
  ['timeout=200ms', { timeout: 200 }],
  ['timeout=250', { timeout: 250 }],
  ['token=12', { token: '12' }],
  ['priority=batch&profile=true', { priority: 'batch', profile: true }],
  ['spread=narrow', { spread: 'narrow' }],
  ['coverage.min=0.5', { coverage: { min: 0.5 } }],
  ['coverage.strict=true', { coverage: { strict: true } }],
  ['track_total_hits=true', { track_total_hits: true }],
  ['track_total_hits=7', { track_total_hits: 7 }],
];

for (const [url, body] of rows) {
  test(`parseSearchParameters: ${url}`, () => {
    const expected = parseSearchBody(body, testSchema, defaults);
    assert.deepEqual(parse(url), expected);
    const record = Object.fromEntries(new URLSearchParams(url));
    assert.deepEqual(parseSearchParameters(record, testSchema, defaults), expected);
  });
}

// Each row: the query of a URL, its fault, facts that must be in the detail.
const faults: [url: string, fault: string, facts?: Readonly<Record<string, unknown>>][] = [
  ['query=cat', 'PARAMETER_UNKNOWN query', { parameter: 'query', allowed: searchParameters }],
  ['__proto__=1', 'PARAMETER_UNKNOWN __proto__'],
  ['size=1&size=2', 'PARAMETER_INVALID size'],
  ['size=ten', 'PARAMETER_INVALID size', { expected: 'a whole number', actual: '"ten"' }],
  ['size=', 'PARAMETER_INVALID size', { actual: '""' }],
  ['size=0x10', 'PARAMETER_INVALID size'],
  ['from=-1', 'PARAMETER_INVALID from', { min: 0 }],
  ['from=10000&size=1', 'RESULT_WINDOW_TOO_LARGE size', { limit: 10_000, actual: 10_001 }],
  ['sort=year:down', 'PARAMETER_INVALID sort', { allowed: ['asc', 'desc'] }],
  ['sort=_score,nope', 'FIELD_UNKNOWN sort', { field: 'nope' }],
  ['sort=title', 'FIELD_KIND_WRONG sort'],
  ['_source=', 'PARAMETER_INVALID _source'],
  ['timeout=soon', 'PARAMETER_INVALID timeout'],
  ['timeout=61s', 'PARAMETER_INVALID timeout', { limit: 60_000, actual: 61_000 }],
  ['coverage.min=2', 'PARAMETER_INVALID coverage.min'],
  ['track_total_hits=yes', 'PARAMETER_INVALID track_total_hits'],
  ['token=', 'PARAMETER_INVALID token'],
  ['q=', 'QUERY_STRING_INVALID q', { column: 1, found: 'the end' }],
  ['q=%22a b', 'QUERY_STRING_QUOTES q', { column: 1 }],
  ['q=nope:1', 'FIELD_UNKNOWN q', { column: 1, field: 'nope' }],
];

for (const [url, fault, facts] of faults) {
  test(`parseSearchParameters: refuses ${url}`, () => assertFault(() => parse(url), fault, facts));
}

test('parseSearchParameters: refuses a repeated parameter given as a list', () => {
  const raw = { size: ['1', '2'] };
  assertFault(() => parseSearchParameters(raw, testSchema, defaults), 'PARAMETER_INVALID size');
});
