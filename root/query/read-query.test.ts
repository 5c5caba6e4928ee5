import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Query } from '../../shared/query/query.ts';
import { SheafError } from '../../shared/errors.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { boolOf, exactOrNear } from './build.ts';
import { readMinimumShouldMatch } from './minimum-should-match.ts';
import { parseSearchBody } from './parse-search-body.ts';
import { clauseNames } from './read-query.ts';
import { assertFault, testSchema } from './test-schema.ts';

const read = (query: unknown): Query => parseSearchBody({ query }, testSchema, { timeoutMsMax: 60_000 }).query;
const term = (field: string, value: string): Query => ({ kind: 'term', field, term: value });
const nearCat: Query = { kind: 'fuzzy', field: 'title', term: 'cat', edits: 1, prefixLength: 0 };
const none: Query = { kind: 'none' };
const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ');
const twice = (query: Query): Query => ({ kind: 'boosted', query, boost: 2 });
const cat = term('title', 'cat');
const dog = term('title', 'dog');
const lone = '\ud800';
const regexpDefaults = {
  operators: ['COMPLEMENT', 'INTERVAL', 'INTERSECTION', 'ANYSTRING', 'EMPTY'],
  isCaseInsensitive: false,
  statesMax: 10_000,
} as const;
const day = Date.UTC(2024, 4, 31);

// Each row: a clause, the query it makes.
const rows: [clause: unknown, expected: Query][] = [
  [{ match_all: {} }, { kind: 'all' }],

  [{ match: { title: 'Cat' } }, cat],
  [{ match: { title: 'cat DOG, cat!' } }, boolOf({ should: [twice(cat), dog] })],
  [{ match: { title: { query: 'cat cat', minimum_should_match: 2 } } }, none],
  [{ match: { title: { query: 'cat dog' } } }, boolOf({ should: [cat, dog] })],
  [{ match: { title: { query: 'cat dog', operator: 'or' } } }, boolOf({ should: [cat, dog] })],
  [{ match: { title: { query: 'cat dog', operator: 'and' } } }, boolOf({ must: [cat, dog] })],
  [{ match: { title: '...' } }, none],
  [{ match: { title: { query: 'cat dog', minimum_should_match: 2 } } }, boolOf({ must: [cat, dog] })],
  [{ match: { title: { query: 'cat dog', minimum_should_match: '50%' } } }, boolOf({ should: [cat, dog] })],
  [{ match: { title: { query: 'cat dog', minimum_should_match: 3 } } }, none],
  [
    { match: { title: { query: 'cat dog fox', minimum_should_match: -1 } } },
    boolOf({ should: [cat, dog, term('title', 'fox')], minimumShouldMatch: 2 }),
  ],
  [{ match: { title: { query: 'cat', boost: 2 } } }, twice(cat)],
  [{ match: { title: { query: '...', boost: 2 } } }, none],
  [{ match_all: { boost: 2 } }, twice({ kind: 'all' })],
  [{ match_all: { boost: 1 } }, { kind: 'all' }],
  [{ term: { title: { value: 'cat', boost: 2 } } }, twice(cat)],
  [{ prefix: { tag: { value: 'a', boost: 2 } } }, twice({ kind: 'prefix', field: 'tag', prefix: 'a' })],
  [{ exists: { field: 'tag', boost: 2 } }, twice({ kind: 'exists', field: 'tag' })],
  [{ ids: { values: ['a'], boost: 2 } }, twice({ kind: 'ids', keys: ['a'] })],
  [{ query_string: { query: 'title:cat', boost: 2 } }, twice(cat)],
  [{ bool: { should: [{ match_all: {} }], boost: 2 } }, twice(boolOf({ should: [{ kind: 'all' }] }))],
  [
    { bool: { should: [{ match_all: {} }], minimum_should_match: '100%' } },
    boolOf({ should: [{ kind: 'all' }], minimumShouldMatch: 1 }),
  ],
  [{ match_phrase: { title: 'Red Fox' } }, { kind: 'phrase', field: 'title', terms: ['red', 'fox'], slop: 0 }],
  [
    { match_phrase: { title: { query: 'red fox red', slop: 3, boost: 2 } } },
    twice({ kind: 'phrase', field: 'title', terms: ['red', 'fox', 'red'], slop: 3 }),
  ],
  [{ match_phrase: { title: 'Cat' } }, cat],
  [{ match_phrase: { title: '...' } }, none],
  [{ match_phrase: { tag: 'Red Fox' } }, term('tag', 'Red Fox')],
  [{ wildcard: { tag: 'a*b?' } }, { kind: 'wildcard', field: 'tag', pattern: 'a*b?' }],
  [{ wildcard: { title: { value: 'ca*', boost: 2 } } }, twice({ kind: 'prefix', field: 'title', prefix: 'ca' })],
  [{ wildcard: { tag: 'a\\*' } }, { kind: 'wildcard', field: 'tag', pattern: 'a\\*' }],
  [{ wildcard: { tag: `${lone}*b` } }, none],
  [{ regexp: { tag: 'a.*' } }, { kind: 'regexp', field: 'tag', pattern: 'a.*', ...regexpDefaults }],
  [
    {
      regexp: {
        title: { value: 'a~b', flags: 'none', case_insensitive: true, max_determinized_states: 50, boost: 2 },
      },
    },
    twice({ kind: 'regexp', field: 'title', pattern: 'a~b', operators: [], isCaseInsensitive: true, statesMax: 50 }),
  ],
  [
    { regexp: { tag: { value: 'a<1-2>', flags: 'INTERVAL|COMPLEMENT' } } },
    { kind: 'regexp', field: 'tag', pattern: 'a<1-2>', ...regexpDefaults, operators: ['COMPLEMENT', 'INTERVAL'] },
  ],
  [{ regexp: { tag: { value: '', flags: '' } } }, { kind: 'regexp', field: 'tag', pattern: '', ...regexpDefaults }],
  [{ fuzzy: { title: 'cats' } }, { kind: 'fuzzy', field: 'title', term: 'cats', edits: 1, prefixLength: 0 }],
  [
    { fuzzy: { tag: { value: 'mammal', fuzziness: 'AUTO', prefix_length: 2, boost: 2 } } },
    twice({ kind: 'fuzzy', field: 'tag', term: 'mammal', edits: 2, prefixLength: 2 }),
  ],
  [{ fuzzy: { tag: 'ab' } }, term('tag', 'ab')],
  [{ fuzzy: { tag: lone } }, none],
  [
    { match: { title: { query: 'a Cat', fuzziness: 'AUTO', operator: 'and' } } },
    boolOf({ must: [term('title', 'a'), exactOrNear(cat, nearCat)] }),
  ],
  [{ match: { title: { query: 'cat', fuzziness: 0 } } }, cat],
  [{ match: { title: { query: 'cat', fuzziness: '1' } } }, exactOrNear(cat, nearCat)],
  [{ constant_score: { filter: { match: { title: 'cat' } } } }, { kind: 'constantScore', query: cat, score: 1 }],
  [
    { constant_score: { filter: { match: { title: 'cat' } }, boost: 0 } },
    { kind: 'constantScore', query: cat, score: 0 },
  ],
  [
    { dis_max: { queries: [{ match: { title: 'cat' } }, { match: { title: 'dog' } }], tie_breaker: 0.5 } },
    { kind: 'disMax', queries: [cat, dog], tieBreaker: 0.5 },
  ],
  [
    { script: { script: "doc['year'].value > 1990 && !doc['tag'].empty", boost: 2 } },
    twice({ kind: 'script', script: { source: "doc['year'].value > 1990 && !doc['tag'].empty", params: {} } }),
  ],
  [
    {
      script_score: {
        query: { match: { title: 'cat' } },
        script: { source: "_score * params.a + doc['year'].size()", lang: 'painless', params: { a: 2 } },
      },
    },
    {
      kind: 'scriptScore',
      query: cat,
      script: { source: "_score * params.a + doc['year'].size()", params: { a: 2 } },
    },
  ],
  [{ dis_max: { queries: [], boost: 2 } }, twice({ kind: 'disMax', queries: [], tieBreaker: 0 })],
  [{ multi_match: { query: 'cat' } }, { kind: 'disMax', queries: [term('body', 'cat'), cat], tieBreaker: 0 }],
  [
    { multi_match: { query: 'cat', fields: ['title^2', 'tag'], type: 'most_fields', boost: 2 } },
    twice(boolOf({ should: [twice(cat), term('tag', 'cat')] })),
  ],
  [{ multi_match: { query: 'cat dog', fields: ['title'], operator: 'and' } }, boolOf({ must: [cat, dog] })],
  [{ multi_match: { query: '...', fields: ['title', 'body'] } }, none],
  [{ match: { tag: 'Cat Dog' } }, term('tag', 'Cat Dog')],
  [{ match: { 'title.raw': 'Cat' } }, term('title.raw', 'Cat')],
  [{ match: { year: 1999 } }, { kind: 'numbers', field: 'year', values: [1999] }],

  [{ term: { tag: 'a' } }, term('tag', 'a')],
  [{ term: { tag: { value: 'a' } } }, term('tag', 'a')],
  [{ term: { title: 'Cat' } }, term('title', 'Cat')],
  [{ term: { tag: lone } }, none],
  [{ term: { title: lone } }, none],
  [{ term: { tag: 'x'.repeat(8192) } }, none],
  [{ term: { tag: 'x'.repeat(8191) } }, term('tag', 'x'.repeat(8191))],
  [{ term: { draft: true } }, { kind: 'numbers', field: 'draft', values: [1] }],
  [{ term: { price: -0 } }, { kind: 'numbers', field: 'price', values: [0] }],
  [
    { term: { seen: '2024-05-31' } },
    {
      kind: 'numberRange',
      field: 'seen',
      low: day,
      lowInclusive: true,
      high: day + 86_399_999,
      highInclusive: true,
    },
  ],
  [{ term: { seen: day } }, { kind: 'numbers', field: 'seen', values: [day] }],

  [{ terms: { tag: ['b', 'a', 'b'] } }, { kind: 'keywords', field: 'tag', terms: ['b', 'a'] }],
  [{ terms: { title: ['cat'] } }, { kind: 'keywords', field: 'title', terms: ['cat'] }],
  [{ terms: { year: [1, 2, 1] } }, { kind: 'numbers', field: 'year', values: [1, 2] }],
  [{ terms: { tag: ['a', lone] } }, { kind: 'keywords', field: 'tag', terms: ['a'] }],
  [{ terms: { tag: [lone] } }, none],
  [{ terms: { year: [] } }, none],

  [
    { range: { year: { gte: 1, lt: 5 } } },
    { kind: 'numberRange', field: 'year', low: 1, lowInclusive: true, high: 5, highInclusive: false },
  ],
  [
    { range: { year: { gt: 1 } } },
    { kind: 'numberRange', field: 'year', low: 1, lowInclusive: false, highInclusive: true },
  ],
  [
    { range: { tag: { lte: 'nowhere' } } },
    { kind: 'keywordRange', field: 'tag', lowInclusive: true, high: 'nowhere', highInclusive: true },
  ],
  [
    { range: { seen: { gte: '2024-05-31' } } },
    { kind: 'numberRange', field: 'seen', low: day, lowInclusive: true, highInclusive: true },
  ],
  [{ range: { tag: { gte: lone } } }, none],

  [{ prefix: { tag: 'ab' } }, { kind: 'prefix', field: 'tag', prefix: 'ab' }],
  [{ prefix: { title: { value: '' } } }, { kind: 'prefix', field: 'title', prefix: '' }],
  [{ prefix: { tag: lone } }, none],

  [{ exists: { field: 'author.name' } }, { kind: 'exists', field: 'author.name' }],

  [{ ids: { values: ['a', 7, '7', 'b'] } }, { kind: 'ids', keys: ['a', '7', 'b'] }],
  [{ ids: { values: ['', lone, 'x'.repeat(513)] } }, none],

  [{ bool: {} }, boolOf({})],
  [
    { bool: { must: { match: { title: 'cat' } }, must_not: [{ match: { title: 'dog' } }] } },
    boolOf({ must: [cat], mustNot: [dog] }),
  ],
  [
    { bool: { should: [{ match: { title: 'cat' } }, { bool: { filter: { term: { title: 'dog' } } } }] } },
    boolOf({ should: [cat, boolOf({ filter: [dog] })] }),
  ],

  [{ query_string: { query: 'title:cat AND title:dog' } }, boolOf({ must: [cat, dog] })],
];

for (const [clause, expected] of rows) {
  test(`readQuery: ${JSON.stringify(clause).slice(0, 100)}`, () => assert.deepEqual(read(clause), expected));
}

// Each row: a clause, its fault, facts that must be in the detail.
const faults: [clause: unknown, fault: string, facts?: Readonly<Record<string, unknown>>][] = [
  ['cat', 'REQUEST_TYPE_WRONG /query', { expected: 'an object', actual: '"cat"' }],
  [null, 'REQUEST_TYPE_WRONG /query', { actual: 'null' }],
  [{}, 'REQUEST_VALUE_INVALID /query'],
  [{ match_all: {}, ids: {} }, 'REQUEST_VALUE_INVALID /query', { actual: 'an object with 2 properties' }],
  [{ span_near: {} }, 'QUERY_CLAUSE_UNKNOWN /query/span_near', { clause: 'span_near', allowed: clauseNames }],
  [JSON.parse('{"__proto__": {}}'), 'QUERY_CLAUSE_UNKNOWN /query/__proto__'],
  [{ constructor: {} }, 'QUERY_CLAUSE_UNKNOWN /query/constructor'],
  [{ 'a/b~c': {} }, 'QUERY_CLAUSE_UNKNOWN /query/a~1b~0c'],
  [{ match_all: { boots: 2 } }, 'REQUEST_FIELD_UNKNOWN /query/match_all/boots', { allowed: ['boost'] }],
  [{ match: { title: 3 } }, 'REQUEST_TYPE_WRONG /query/match/title', { expected: 'a string', actual: '3' }],
  [{ match: { title: {} } }, 'REQUEST_FIELD_MISSING /query/match/title', { field: 'query' }],
  [{ match: { title: { query: null } } }, 'REQUEST_TYPE_WRONG /query/match/title/query'],
  [{ match: { title: { query: 'a', operator: 'xor' } } }, 'REQUEST_VALUE_INVALID /query/match/title/operator'],
  [{ match: { title: { query: 'a', analyzer: 'simple' } } }, 'REQUEST_FIELD_UNKNOWN /query/match/title/analyzer'],
  [{ match: { titel: 'a' } }, 'FIELD_UNKNOWN /query/match/titel', { field: 'titel', knownCount: 9 }],
  [{ match: { constructor: 'a' } }, 'FIELD_UNKNOWN /query/match/constructor'],
  [{ match: { 'title.kind': 'a' } }, 'FIELD_UNKNOWN /query/match/title.kind'],
  [{ match: { year: '1999' } }, 'REQUEST_TYPE_WRONG /query/match/year', { actual: '"1999"' }],
  [{ match: {} }, 'REQUEST_VALUE_INVALID /query/match'],
  [{ term: { year: 1.5 } }, 'REQUEST_VALUE_INVALID /query/term/year'],
  [{ term: { tag: 5 } }, 'REQUEST_TYPE_WRONG /query/term/tag'],
  [{ term: { tag: { value: null } } }, 'REQUEST_TYPE_WRONG /query/term/tag/value'],
  [{ term: { seen: '2023-02-30' } }, 'REQUEST_VALUE_INVALID /query/term/seen'],
  [{ terms: { tag: 'a' } }, 'REQUEST_TYPE_WRONG /query/terms/tag', { expected: 'an array' }],
  [{ terms: { tag: ['a', 1] } }, 'REQUEST_TYPE_WRONG /query/terms/tag/1'],
  [
    { terms: { year: Array(65_537).fill(1) } },
    'REQUEST_VALUE_INVALID /query/terms/year',
    { limit: 65_536, actual: 65_537 },
  ],
  [{ range: { title: { gt: 'a' } } }, 'FIELD_KIND_WRONG /query/range/title', { kind: 'text', use: ['title.raw'] }],
  [{ range: { body: { gt: 'a' } } }, 'FIELD_KIND_WRONG /query/range/body', { use: undefined }],
  [{ range: { year: {} } }, 'REQUEST_VALUE_INVALID /query/range/year'],
  [{ range: { year: { gt: 1, gte: 1 } } }, 'REQUEST_VALUE_INVALID /query/range/year'],
  [{ range: { year: { lt: 1, lte: 1 } } }, 'REQUEST_VALUE_INVALID /query/range/year'],
  [
    { range: { year: { from: 1 } } },
    'REQUEST_FIELD_UNKNOWN /query/range/year/from',
    { allowed: ['gt', 'gte', 'lt', 'lte', 'boost'] },
  ],
  [{ range: { year: { gt: '1' } } }, 'REQUEST_TYPE_WRONG /query/range/year/gt'],
  [{ range: { tag: { lte: 4 } } }, 'REQUEST_TYPE_WRONG /query/range/tag/lte'],
  [{ prefix: { year: '19' } }, 'FIELD_KIND_WRONG /query/prefix/year', { allowed: ['text', 'keyword'] }],
  [{ prefix: { tag: 1 } }, 'REQUEST_TYPE_WRONG /query/prefix/tag'],
  [{ match: { title: { query: 'a', boost: -1 } } }, 'REQUEST_VALUE_INVALID /query/match/title/boost'],
  [{ match_all: { boost: 1e7 } }, 'REQUEST_VALUE_INVALID /query/match_all/boost', { actual: 1e7 }],
  [{ bool: { minimum_should_match: '101%' } }, 'REQUEST_VALUE_INVALID /query/bool/minimum_should_match'],
  [{ bool: { minimum_should_match: 1.5 } }, 'REQUEST_VALUE_INVALID /query/bool/minimum_should_match'],
  [{ match_phrase: { title: words(129) } }, 'PHRASE_TOO_LONG /query/match_phrase', { limit: 128, actual: 129 }],
  [{ match_phrase: { title: { query: 'a b', slop: 100 } } }, 'REQUEST_VALUE_INVALID /query/match_phrase/title/slop'],
  [{ wildcard: { year: '1*' } }, 'FIELD_KIND_WRONG /query/wildcard/year'],
  [{ wildcard: { tag: '*'.repeat(257) } }, 'REQUEST_VALUE_INVALID /query/wildcard/tag', { limit: 256, actual: 257 }],
  [{ regexp: { year: '1.' } }, 'FIELD_KIND_WRONG /query/regexp/year'],
  [{ regexp: { tag: 'a'.repeat(257) } }, 'REQUEST_VALUE_INVALID /query/regexp/tag', { limit: 256, actual: 257 }],
  [{ regexp: { tag: 'b(a' } }, 'REQUEST_VALUE_INVALID /query/regexp/tag', { column: 2, found: '(' }],
  [{ regexp: { tag: { value: 'a**b{2' } } }, 'REQUEST_VALUE_INVALID /query/regexp/tag/value', { column: 7 }],
  [{ regexp: { tag: '(a|b)*a(a|b){13}' } }, 'REQUEST_VALUE_INVALID /query/regexp/tag', { limit: 10_000 }],
  [
    { regexp: { tag: { value: 'abc', max_determinized_states: 3 } } },
    'REQUEST_VALUE_INVALID /query/regexp/tag/value',
    { limit: 3 },
  ],
  [
    { regexp: { tag: { value: 'a', max_determinized_states: 10_001 } } },
    'REQUEST_VALUE_INVALID /query/regexp/tag/max_determinized_states',
  ],
  [{ regexp: { tag: { value: 'a', flags: 'INTERVAL|AUTOMATON' } } }, 'REQUEST_VALUE_INVALID /query/regexp/tag/flags'],
  [
    { bool: { should: Array.from({ length: 5 }, () => ({ regexp: { tag: 'a{9999}' } })) } },
    'QUERY_TOO_MANY_CLAUSES /query/bool/should/4/regexp',
    { limit: 1024 },
  ],
  [{ fuzzy: { tag: { value: 'a', fuzziness: 3 } } }, 'REQUEST_VALUE_INVALID /query/fuzzy/tag/fuzziness'],
  [{ fuzzy: { tag: 'a'.repeat(257) } }, 'REQUEST_VALUE_INVALID /query/fuzzy/tag', { limit: 256, actual: 257 }],
  [{ match: { title: { query: 'a', fuzziness: 'auto' } } }, 'REQUEST_VALUE_INVALID /query/match/title/fuzziness'],
  [{ constant_score: { boost: 1 } }, 'REQUEST_FIELD_MISSING /query/constant_score', { field: 'filter' }],
  [{ script: {} }, 'REQUEST_FIELD_MISSING /query/script', { field: 'script' }],
  [{ script: { script: '1 +' } }, 'EXPRESSION_INVALID /query/script/script', { position: 3 }],
  [{ script: { script: '_score > 1' } }, 'EXPRESSION_INVALID /query/script/script', { position: 0, actual: '_score' }],
  [
    { script: { script: { source: "doc['year'].values" } } },
    'EXPRESSION_INVALID /query/script/script/source',
    { position: 12, actual: 'values' },
  ],
  [{ script: { script: 'doc[year].value' } }, 'EXPRESSION_INVALID /query/script/script', { position: 4 }],
  [{ script: { script: "doc['year'].size" } }, 'EXPRESSION_INVALID /query/script/script', { actual: 'the end' }],
  [{ script: { script: "doc['nope'].value" } }, 'FIELD_UNKNOWN /query/script/script', { field: 'nope' }],
  [{ script: { script: "doc['tag'].value" } }, 'FIELD_KIND_WRONG /query/script/script', { field: 'tag' }],
  [{ script: { script: "doc['title'].size()" } }, 'FIELD_KIND_WRONG /query/script/script', { field: 'title' }],
  [{ script: { script: { source: '1', params: { a: 'x' } } } }, 'REQUEST_TYPE_WRONG /query/script/script/params/a'],
  [{ script: { script: { source: '1', lang: 'groovy' } } }, 'REQUEST_VALUE_INVALID /query/script/script/lang'],
  [{ script: { script: { id: 'stored' } } }, 'REQUEST_FIELD_UNKNOWN /query/script/script/id'],
  [{ script_score: { script: '1' } }, 'REQUEST_FIELD_MISSING /query/script_score', { field: 'query' }],
  [
    { bool: { should: Array.from({ length: 20 }, () => ({ script: { script: '1+'.repeat(499) + '1' } })) } },
    'QUERY_TOO_MANY_CLAUSES /query/bool/should/16/script/script',
    { limit: 1024 },
  ],
  [{ dis_max: { queries: [{ x: 1 }] } }, 'QUERY_CLAUSE_UNKNOWN /query/dis_max/queries/0/x'],
  [{ dis_max: { queries: [], tie_breaker: 2 } }, 'REQUEST_VALUE_INVALID /query/dis_max/tie_breaker'],
  [{ multi_match: { query: 'a', fields: ['title^'] } }, 'REQUEST_VALUE_INVALID /query/multi_match/fields/0'],
  [{ multi_match: { query: 'a', fields: ['title^x'] } }, 'REQUEST_VALUE_INVALID /query/multi_match/fields/0'],
  [{ multi_match: { query: 'a', fields: ['year'] } }, 'FIELD_KIND_WRONG /query/multi_match/fields/0'],
  [{ multi_match: { query: 'a', fields: [] } }, 'REQUEST_VALUE_INVALID /query/multi_match', { actual: 'none' }],
  [{ multi_match: { query: 5, fields: ['title'] } }, 'REQUEST_TYPE_WRONG /query/multi_match/query'],
  [{ exists: {} }, 'REQUEST_FIELD_MISSING /query/exists', { field: 'field' }],
  [{ exists: { field: 'nope' } }, 'FIELD_UNKNOWN /query/exists/field'],
  [{ ids: { values: 'a' } }, 'REQUEST_TYPE_WRONG /query/ids/values'],
  [{ ids: { values: ['a', 1.5] } }, 'REQUEST_TYPE_WRONG /query/ids/values/1'],
  [{ bool: { must: 'a' } }, 'REQUEST_TYPE_WRONG /query/bool/must'],
  [{ bool: { must: [{ match_all: {} }, {}] } }, 'REQUEST_VALUE_INVALID /query/bool/must/1'],
  [{ bool: { mustNot: [] } }, 'REQUEST_FIELD_UNKNOWN /query/bool/mustNot'],
  [{ bool: { should: { bool: { filter: { x: 1 } } } } }, 'QUERY_CLAUSE_UNKNOWN /query/bool/should/bool/filter/x'],
  [
    { query_string: { query: 'a AND' } },
    'QUERY_STRING_INVALID /query/query_string/query',
    { column: 6, found: 'the end' },
  ],
  [{ query_string: { query: 5 } }, 'REQUEST_TYPE_WRONG /query/query_string/query'],
  [{ query_string: { query: 'a', default_field: 'b' } }, 'REQUEST_FIELD_UNKNOWN /query/query_string/default_field'],
];

for (const [clause, fault, facts] of faults) {
  test(`readQuery: refuses ${JSON.stringify(clause).slice(0, 80)}`, () =>
    assertFault(() => read(clause), fault, facts));
}

function nested(levels: number, innermost: unknown): unknown {
  let query = innermost;
  for (let level = 0; level < levels; level++) query = { bool: { must: query } };
  return query;
}

test('readQuery: takes 32 levels of bool and no more, however deep the JSON', () => {
  assert.equal(read(nested(32, { match_all: {} })).kind, 'bool');
  const pointer = '/query' + '/bool/must'.repeat(32) + '/bool';
  for (const levels of [33, 200_000]) {
    assertFault(() => read(nested(levels, { match_all: {} })), `QUERY_TOO_DEEP ${pointer}`, { limit: 32, actual: 33 });
  }
});

test('readQuery: stop words leave gaps in a phrase, and none before it', () => {
  const schema = { dynamic: 'strict', fields: { t: { kind: 'text', analyzer: 'english' } } } as const;
  const phrase = (text: string): Query => {
    return parseSearchBody({ query: { match_phrase: { t: text } } }, schema, { timeoutMsMax: 60_000 }).query;
  };
  const expected = { kind: 'phrase', field: 't', terms: ['king', 'spain'], positions: [0, 2], slop: 0 };
  assert.deepEqual(phrase('the king of Spain'), expected);
  assert.deepEqual(phrase('the king'), term('t', 'king'));
});

test('readQuery: every clause that holds others counts as a level', () => {
  const wrap: [name: string, make: (query: unknown) => unknown][] = [
    ['constant_score', (query) => ({ constant_score: { filter: query } })],
    ['dis_max', (query) => ({ dis_max: { queries: [query] } })],
    ['script_score', (query) => ({ script_score: { query, script: '1' } })],
  ];
  for (const [name, make] of wrap) {
    let query: unknown = { match_all: {} };
    for (let level = 0; level < 32; level++) query = make(query);
    assert.doesNotThrow(() => read(query), name);
    assert.throws(
      () => read(make(query)),
      (error) => error instanceof SheafError && error.code === 'QUERY_TOO_DEEP',
      name,
    );
  }
});

// Each row: what is asked, of so many clauses, how many have to match.
const minima: [asked: unknown, clauses: number, minimum: number][] = [
  [2, 5, 2],
  ['2', 5, 2],
  [7, 5, 7],
  [0, 5, 0],
  [-1, 5, 4],
  [-7, 5, 0],
  ['75%', 5, 3],
  ['-25%', 5, 4],
  ['29%', 100, 29],
  ['100%', 3, 3],
  ['-100%', 3, 0],
];
for (const [asked, clauses, minimum] of minima) {
  test(`readMinimumShouldMatch: ${String(asked)} of ${clauses}`, () => {
    assert.equal(readMinimumShouldMatch(RequestNode.parameter('m', asked))(clauses), minimum);
  });
}

test('readQuery: parentheses of a query string add to the depth of the clauses around it', () => {
  const string = (parentheses: number) => ({
    query_string: { query: '('.repeat(parentheses) + 'a' + ')'.repeat(parentheses) },
  });
  assert.equal(read(nested(30, string(2))).kind, 'bool');
  const pointer = '/query' + '/bool/must'.repeat(30) + '/query_string/query';
  assertFault(() => read(nested(30, string(3))), `QUERY_TOO_DEEP ${pointer}`, { column: 3, actual: 33 });
});

test('readQuery: takes 1024 leaf clauses after analysis and no more', () => {
  const clauses: [make: (count: number) => unknown, at: string][] = [
    [(count) => ({ match: { title: words(count) } }), '/query/match'],
    [
      (count) => ({ bool: { must: { match: { title: words(count - 1) } }, filter: { bool: {} } } }),
      '/query/bool/filter/bool',
    ],
    [
      (count) => ({ bool: { must: { match: { title: words(count - 1) } }, must_not: { ids: { values: [] } } } }),
      '/query/bool/must_not/ids',
    ],
  ];
  for (const [make, at] of clauses) {
    assert.doesNotThrow(() => read(make(1024)));
    assertFault(() => read(make(1025)), `QUERY_TOO_MANY_CLAUSES ${at}`, { limit: 1024, actual: 1025 });
  }
  // Two text fields: every word is looked for in both.
  assert.doesNotThrow(() => read({ query_string: { query: words(512) } }));
  assertFault(() => read({ query_string: { query: words(513) } }), 'QUERY_TOO_MANY_CLAUSES /query/query_string/query', {
    limit: 1024,
  });
});
