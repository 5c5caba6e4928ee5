import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSearchBody } from '../query/parse-search-body.ts';
import { testSchema } from '../query/test-schema.ts';
import { withFilters } from './with-filters.ts';

test('withFilters: an aggregation of all documents is of those that the alias has', () => {
  const body = { query: { match_all: {} }, aggs: { all: { global: {} }, some: { filter: { match_all: {} } } } };
  const request = parseSearchBody(body, testSchema, { timeoutMsMax: 1 });
  const filter = { kind: 'term', field: 'tag', term: 'mine' };
  const { query, aggregations } = withFilters(request, [{ term: { tag: 'mine' } }], {
    schema: testSchema,
    now: undefined,
  });
  assert.deepEqual(query, { kind: 'bool', must: [{ kind: 'all' }], should: [], filter: [filter], mustNot: [] });
  assert.deepEqual(aggregations, {
    all: { kind: 'global', query: filter, aggregations: {} },
    some: { kind: 'filter', query: { kind: 'all' }, aggregations: {} },
  });
  assert.equal(withFilters(request, null, { schema: testSchema, now: undefined }), request);
});
