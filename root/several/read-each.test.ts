import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { rootKinds } from '../kinds/root-kinds.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';
import { readEach } from './read-each.ts';

const schema: IndexSchema = { dynamic: 'strict', fields: { tag: { kind: 'keyword' }, n: { kind: 'integer' } } };
const other: IndexSchema = { dynamic: 'strict', fields: { tag: { kind: 'keyword' }, n: { kind: 'float' } } };

function named(name: string, filters: readonly unknown[] | null, of = schema) {
  return {
    index: { id: name, name, kind: 'document', schema: of, shards: 1, replicas: 1 } as IndexDefinition,
    filters,
  };
}

function read(body: object, indexes: readonly ReturnType<typeof named>[]) {
  let readings = 0;
  const searches = readEach(rootKinds, { token: undefined }, indexes, (index) => {
    readings++;
    return parseSearchBody(body, index.schema, { timeoutMsMax: 1000 });
  });
  return { searches, readings };
}

const ofTag = (term: string) => ({ term: { tag: term } });
const everything = { size: 0, aggs: { all: { global: {} }, sum: { sum: { field: 'n' } } } };

test('readEach: global is of what the filters of each index let through', () => {
  const { searches, readings } = read(everything, [
    named('a', [ofTag('x')]),
    named('b', [ofTag('y')]),
    named('c', null),
    named('d', [ofTag('x')]),
  ]);
  const queries = searches.map(({ request }) => {
    const { all } = request.aggregations;
    return all?.kind === 'global' ? all.query : null;
  });
  const filter = (term: string) => ({ kind: 'term', field: 'tag', term });
  assert.deepEqual(queries, [filter('x'), filter('y'), { kind: 'all' }, filter('x')]);
  assert.equal(readings, 1, 'alike schemas are read but once');
  assert.equal(searches[0]!.request, searches[3]!.request);
});

test('readEach: aggregations of fields of other kinds are refused, whatever the filters', () => {
  const indexes = [named('a', [ofTag('x')]), named('b', [ofTag('y')], other)];
  assert.throws(() => read(everything, indexes), {
    code: 'SEARCH_INDEXES_DIFFER',
    detail: { index: 'b', from: 'a', field: 'n', kind: 'float', expected: 'integer' },
  });
});

test('readEach: a filter that an index cannot answer is told with its name', () => {
  const indexes = [named('a', null), named('b', [{ term: { nothing: 1 } }])];
  assert.throws(
    () => read(everything, indexes),
    (error) => error instanceof SheafError && error.detail['index'] === 'b' && error.detail['field'] === 'nothing',
  );
});
