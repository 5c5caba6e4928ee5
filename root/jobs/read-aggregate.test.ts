import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { readAggregate } from './read-aggregate.ts';

const schema: IndexSchema = { dynamic: 'strict', fields: { tag: { kind: 'keyword' } } };

const read = (accuracy: string) =>
  readAggregate({ query: undefined, aggs: { 'a/b': { terms: { field: 'tag', accuracy } } } }, schema, 0);

test('readAggregate: an accuracy that takes several rounds is refused, as a job asks each shard once', () => {
  for (const accuracy of ['bounded', 'exact']) {
    assert.throws(() => read(accuracy), { code: 'REQUEST_VALUE_INVALID', at: '/aggs/a~1b/terms/accuracy' });
  }
  assert.deepEqual(Object.keys(read('fast').aggregations), ['a/b']);
});
