import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SheafError } from '../errors.ts';
import { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import type { Query } from '../query/query.ts';
import { validateQuery } from './validate-query.ts';

const all = { kind: 'all' } as const;
const bool = { kind: 'bool', must: [], should: [], filter: [], mustNot: [] } as const;
const range = { field: 'f', lowInclusive: true, highInclusive: false } as const;

/** One of each kind, with all it may have: what a kind is missing here fails to compile. */
const good: { readonly [K in Query['kind']]: Extract<Query, { kind: K }> } = {
  all,
  none: { kind: 'none' },
  term: { kind: 'term', field: 'f', term: 'a' },
  keywords: { kind: 'keywords', field: 'f', terms: ['a', 'b'] },
  numbers: { kind: 'numbers', field: 'f', values: [1, 2] },
  numberRange: { kind: 'numberRange', ...range, low: 1, high: 2 },
  keywordRange: { kind: 'keywordRange', ...range, low: 'a', high: 'b' },
  prefix: { kind: 'prefix', field: 'f', prefix: 'a' },
  wildcard: { kind: 'wildcard', field: 'f', pattern: 'a*' },
  regexp: {
    kind: 'regexp',
    field: 'f',
    pattern: 'a<1-2>|b',
    operators: ['INTERVAL'],
    isCaseInsensitive: false,
    statesMax: 10_000,
  },
  fuzzy: { kind: 'fuzzy', field: 'f', term: 'a', edits: 2, prefixLength: 0 },
  phrase: { kind: 'phrase', field: 'f', terms: ['a', ['b', 'c']], positions: [0, 2], slop: 0 },
  exists: { kind: 'exists', field: 'f' },
  ids: { kind: 'ids', keys: ['a'] },
  bool: { ...bool, must: [all], mustNot: [all], minimumShouldMatch: 2 },
  boosted: { kind: 'boosted', query: all, boost: 0 },
  boosting: { kind: 'boosting', positive: all, negative: all, negativeBoost: 0.2 },
  constantScore: { kind: 'constantScore', query: all, score: 1 },
  disMax: { kind: 'disMax', queries: [all], tieBreaker: 0.5 },
  script: { kind: 'script', script: { source: "doc['f'].value > params.a", params: { a: 1 } } },
  scriptScore: { kind: 'scriptScore', query: all, script: { source: '_score * 2', params: {} } },
};

function faultOf(query: unknown): string | null {
  try {
    validateQuery(RequestNode.body(query));
    return null;
  } catch (error) {
    const { code, at } = error as SheafError;
    return `${code} ${at}`;
  }
}

test('validateQuery: takes every kind of query', () => {
  for (const [kind, query] of Object.entries(good)) assert.equal(faultOf(query), null, kind);
});

const optional = ['low', 'high', 'positions', 'minimumShouldMatch'];

test('validateQuery: refuses every kind where anything of it is missing, or null', () => {
  for (const [kind, query] of Object.entries<object>(good)) {
    for (const name of Object.keys(query)) {
      const { [name]: _, ...rest } = query as Readonly<Record<string, unknown>>;
      assert.equal(faultOf(rest), optional.includes(name) ? null : 'REQUEST_FIELD_MISSING ', `${kind} without ${name}`);
      assert.match(faultOf({ ...query, [name]: null }) ?? '', new RegExp(`^REQUEST_TYPE_WRONG /${name}$`), kind);
    }
  }
});

// Each row: a query, the fault that is found in it.
const bad: [query: unknown, fault: string][] = [
  [null, 'REQUEST_TYPE_WRONG '],
  [{}, 'REQUEST_FIELD_MISSING '],
  [{ kind: 'toString' }, 'REQUEST_VALUE_INVALID /kind'],
  [{ ...good.keywords, terms: ['a', 1] }, 'REQUEST_TYPE_WRONG /terms/1'],
  [{ ...good.phrase, terms: ['a', [1]] }, 'REQUEST_TYPE_WRONG /terms/1/0'],
  [{ ...good.fuzzy, edits: 3 }, 'REQUEST_VALUE_INVALID /edits'],
  [{ ...good.regexp, pattern: 'a(b' }, 'REQUEST_VALUE_INVALID /pattern'],
  [{ ...good.regexp, pattern: 'a'.repeat(257) }, 'REQUEST_VALUE_INVALID /pattern'],
  [{ ...good.regexp, pattern: 'a'.repeat(65_536) }, 'REQUEST_VALUE_INVALID /pattern'],
  [{ ...good.regexp, pattern: 'a' + '*'.repeat(200) }, 'REQUEST_VALUE_INVALID /pattern'],
  [{ ...good.regexp, operators: ['ALL'] }, 'REQUEST_VALUE_INVALID /operators/0'],
  [{ ...good.regexp, statesMax: 10_001 }, 'REQUEST_VALUE_INVALID /statesMax'],
  [{ ...good.boosted, boost: -1 }, 'REQUEST_VALUE_INVALID /boost'],
  [{ ...good.boosting, negativeBoost: 2 }, 'REQUEST_VALUE_INVALID /negativeBoost'],
  [{ ...good.boosting, negative: {} }, 'REQUEST_FIELD_MISSING /negative'],
  [{ ...bool, filter: [all, { kind: 'boosted', boost: 1, query: {} }] }, 'REQUEST_FIELD_MISSING /filter/1/query'],
];
for (const [query, fault] of bad) {
  test(`validateQuery: ${JSON.stringify(query)}`, () => assert.equal(faultOf(query), fault));
}

test('validateQuery: a query is refused for its depth, and does not overflow the stack', () => {
  const nested = (depth: number): unknown => {
    let query: unknown = all;
    for (let i = 1; i < depth; i++) query = { kind: 'constantScore', score: 1, query };
    return query;
  };
  assert.equal(faultOf(nested(limits.taskDepthMax)), null);
  for (const depth of [limits.taskDepthMax + 1, 100_000]) assert.match(faultOf(nested(depth))!, /^QUERY_TOO_DEEP \//);
});
