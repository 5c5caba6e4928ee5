import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Query } from '../../../shared/query/query.ts';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import { parseSearchBody } from '../parse-search-body.ts';
import { parseSearchParameters } from '../parse-search-parameters.ts';
import { assertFault } from '../test-schema.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: { ip: { kind: 'ip', fields: { written: { kind: 'keyword' } } }, title: { kind: 'text' } },
};
const parse = (body: unknown) => parseSearchBody(body, schema, { timeoutMsMax: 1000 });
const parseString = (q: string) => parseSearchParameters({ q }, schema, { timeoutMsMax: 1000 });

const four = (digits: string): string => `00000000000000000000ffff${digits}`;
const keywords = (...terms: string[]): Query => ({ kind: 'keywords', field: 'ip', terms });
const between = (low: string, high: string): Query => {
  return { kind: 'keywordRange', field: 'ip', low, lowInclusive: true, high, highInclusive: true };
};
const ten = between(four('0a000000'), four('0affffff'));
const constant = (queries: Query[]): Query => {
  const query: Query = { kind: 'bool', must: [], should: queries, filter: [], mustNot: [] };
  return { kind: 'constantScore', query, score: 1 };
};
const db8 = between('20010db8'.padEnd(32, '0'), '20010db8'.padEnd(32, 'f'));

// Each row: a clause, the query it is.
const rows: [clause: object, expected: Query][] = [
  [{ term: { ip: '10.0.0.1' } }, keywords(four('0a000001'))],
  [{ term: { ip: '::FFFF:10.0.0.1' } }, keywords(four('0a000001'))],
  [{ term: { ip: { value: '10.9.9.9/8', boost: 2 } } }, { kind: 'boosted', query: ten, boost: 2 }],
  [{ term: { ip: '10.0.0.1/32' } }, keywords(four('0a000001'))],
  [{ term: { ip: '2001:db8::/32' } }, db8],
  [{ term: { ip: '::/0' } }, between('0'.repeat(32), 'f'.repeat(32))],
  [{ match: { ip: '10.0.0.0/8' } }, ten],
  [{ match_phrase: { ip: '10.0.0.1' } }, keywords(four('0a000001'))],
  [{ terms: { ip: [] } }, { kind: 'none' }],
  [{ terms: { ip: ['::1', '::ffff:10.0.0.1', '10.0.0.1'] } }, keywords('1'.padStart(32, '0'), four('0a000001'))],
  [{ terms: { ip: ['10.0.0.0/8'] } }, ten],
  // What lies in another block is left out.
  [{ terms: { ip: ['10.1.0.0/16', '10.0.0.7', '10.0.0.0/8', '10.0.0.0/8', '10.255.255.255'] } }, ten],
  // Of two that begin alike the larger holds the other, whichever is given first.
  [{ terms: { ip: ['10.0.0.0/24', '10.0.0.0/8', '10.0.0.0'] } }, ten],
  [{ terms: { ip: ['2001:db8::/32', '::1', '10.0.0.0/8'] } }, constant([keywords('1'.padStart(32, '0')), ten, db8])],
  [{ exists: { field: 'ip' } }, { kind: 'exists', field: 'ip' }],
  [
    { range: { ip: { gt: '10.0.0.1', lte: '::1:0:0:0' } } },
    {
      kind: 'keywordRange',
      field: 'ip',
      low: four('0a000001'),
      lowInclusive: false,
      high: '1000000000000'.padStart(32, '0'),
      highInclusive: true,
    },
  ],
  [
    { range: { ip: { gte: '10.0.0.0/8' } } },
    { kind: 'keywordRange', field: 'ip', low: four('0a000000'), lowInclusive: true, highInclusive: true },
  ],
  [
    { range: { ip: { gt: '10.0.0.0/8' } } },
    { kind: 'keywordRange', field: 'ip', low: four('0affffff'), lowInclusive: false, highInclusive: true },
  ],
  [
    { range: { ip: { lt: '10.0.0.0/8' } } },
    { kind: 'keywordRange', field: 'ip', high: four('0a000000'), lowInclusive: true, highInclusive: false },
  ],
  [
    { range: { ip: { lte: '10.0.0.0/8' } } },
    { kind: 'keywordRange', field: 'ip', high: four('0affffff'), lowInclusive: true, highInclusive: true },
  ],
  [{ prefix: { 'ip.written': '10.' } }, { kind: 'prefix', field: 'ip.written', prefix: '10.' }],
];
for (const [clause, expected] of rows) {
  test(`ip: ${JSON.stringify(clause)}`, () => assert.deepEqual(parse({ query: clause }).query, expected));
}

// Each row: a query string, the query it is.
const strings: [q: string, expected: Query][] = [
  ['ip:10.0.0.1', keywords(four('0a000001'))],
  ['ip:10.0.0.0/8', ten],
  ['ip:"10.0.0.0/8"', ten],
  ['ip:2001:db8::/32', db8],
  ['ip:::1', keywords('1'.padStart(32, '0'))],
  ['ip:("::1")', keywords('1'.padStart(32, '0'))],
  ['ip:[10.0.0.0 TO 10.255.255.255]', ten],
  ['ip:[2001:db8:: TO 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]', db8],
  ['ip:*', { kind: 'exists', field: 'ip' }],
];
for (const [q, expected] of strings) {
  test(`ip: ${q}`, () => assert.deepEqual(parseString(q).query, expected));
}

const written = { use: ['ip.written'] };
const expected = 'an IP address such as 192.0.2.1 or 2001:db8::1, or a block of them such as 192.0.2.0/24';

// Each row: a body, the fault, what it says.
const faults: [body: object, fault: string, facts?: Readonly<Record<string, unknown>>][] = [
  [{ query: { term: { ip: 'localhost' } } }, 'REQUEST_VALUE_INVALID /query/term/ip', { expected }],
  [{ query: { term: { ip: '' } } }, 'REQUEST_VALUE_INVALID /query/term/ip'],
  [{ query: { term: { ip: 1 } } }, 'REQUEST_TYPE_WRONG /query/term/ip', { actual: '1' }],
  [{ query: { term: { ip: '10.0.0.0/33' } } }, 'REQUEST_VALUE_INVALID /query/term/ip'],
  [{ query: { terms: { ip: ['::1', '1'] } } }, 'REQUEST_VALUE_INVALID /query/terms/ip/1'],
  [{ query: { range: { ip: { gte: '::1', lt: 'x' } } } }, 'REQUEST_VALUE_INVALID /query/range/ip/lt'],
  [{ query: { prefix: { ip: '10.' } } }, 'FIELD_KIND_WRONG /query/prefix/ip', written],
  [{ query: { wildcard: { ip: '10.*' } } }, 'FIELD_KIND_WRONG /query/wildcard/ip', written],
  [{ query: { fuzzy: { ip: '10.0.0.1' } } }, 'FIELD_KIND_WRONG /query/fuzzy/ip', written],
  [
    { query: { multi_match: { query: '::1', fields: ['ip'] } } },
    'FIELD_KIND_WRONG /query/multi_match/fields/0',
    written,
  ],
  [{ highlight: { fields: ['ip'] } }, 'FIELD_KIND_WRONG /highlight/fields/0', written],
  [{ aggs: { a: { max: { field: 'ip' } } } }, 'FIELD_KIND_WRONG /aggs/a/max/field'],
  [{ aggs: { a: { histogram: { field: 'ip', interval: 1 } } } }, 'FIELD_KIND_WRONG /aggs/a/histogram/field'],
  [{ sort: 'ip', search_after: ['x'] }, 'REQUEST_VALUE_INVALID /search_after/0'],
  [{ sort: 'ip', search_after: [1] }, 'REQUEST_TYPE_WRONG /search_after/0'],
];
for (const [body, fault, facts] of faults) {
  test(`ip: refuses ${JSON.stringify(body)}`, () => assertFault(() => parse(body), fault, facts));
}

for (const q of ['ip:10.0.*', 'ip:10.0.0.1~', 'ip:10.0.0', 'ip:[a TO b]']) {
  test(`ip: refuses ${q}`, () => assert.throws(() => parseString(q), { name: 'SheafError' }));
}

test('ip: more blocks than clauses there may be are refused', () => {
  const blocks = (count: number) => Array.from({ length: count }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
  parse({ query: { terms: { ip: blocks(1024) } } });
  assertFault(() => parse({ query: { terms: { ip: blocks(1025) } } }), 'QUERY_TOO_MANY_CLAUSES /query/terms', {
    limit: 1024,
    actual: 1025,
  });
});

test('ip: sorts by strings, counts keys that are shown as addresses, and pages after an address in any form', () => {
  const aggs = { a: { terms: { field: 'ip' } }, n: { value_count: { field: 'ip' } } };
  const { sort, after, aggregations } = parse({ sort: { ip: 'desc' }, search_after: ['::FFFF:a00:1'], aggs });
  assert.deepEqual(sort, [{ by: 'field', field: 'ip', descending: true, values: 'string' }]);
  assert.deepEqual(after, { values: [four('0a000001')] });
  assert.equal(aggregations['a']?.kind === 'terms' && aggregations['a'].show, 'ip');
  assert.deepEqual(aggregations['n'], { kind: 'value_count', field: 'ip', values: 'string' });
  assert.deepEqual(parse({ sort: 'ip', search_after: [null] }).after, { values: [null] });
});
