import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoSchema } from '../../command/demo/demo.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import { createRandom } from '../../shared/random/random.ts';
import { createWordSource } from '../corpus/words.ts';
import { kindNames, makeQueries } from './queries.ts';

const texts = Array.from({ length: 60 }, (_, i) => `dog cat ${i % 2 === 0 ? 'bird' : 'fish'}`);

function make(seed: number) {
  const random = createRandom(seed);
  return makeQueries(createWordSource(texts, random), random, 20);
}

test('makeQueries: gives equally many of each kind, and all can be parsed', () => {
  const queries = make(1);
  for (const kind of kindNames) assert.equal(queries.filter((query) => query.kind === kind).length, 20, kind);
  for (const { body } of queries) parseSearchBody(JSON.parse(body), demoSchema, { timeoutMsMax: 60_000 });
});

test('makeQueries: the same seed gives the same queries, another seed others', () => {
  assert.deepEqual(make(1), make(1));
  assert.notDeepEqual(make(1), make(2));
});
