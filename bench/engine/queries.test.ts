import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze } from '../../shared/analysis/standard.ts';
import { createRandom } from '../../shared/random/random.ts';
import { inventTexts, repeatVaried } from './corpus.ts';
import { overlapOf } from './overlap.ts';
import { makeEngineQueries } from './queries.ts';

test('makeEngineQueries: equally many of each kind; conjunctions and phrases match', () => {
  const seed = 4;
  const random = createRandom(seed);
  const texts = inventTexts(600, random);
  const documents = texts.map((text) => analyze(text));
  const queries = makeEngineQueries(texts, random, 50);
  assert.deepEqual(
    Map.groupBy(queries, ({ kind }) => kind)
      .values()
      .map((ofKind) => ofKind.length)
      .toArray(),
    [50, 50, 50, 50],
  );
  for (const { kind, terms } of queries) {
    const where = `seed ${seed}: ${kind} ${terms.join(' ')}`;
    assert.equal(new Set(terms).size, terms.length, where);
    if (kind === 'and')
      assert.ok(
        documents.some((held) => terms.every((term) => held.includes(term))),
        where,
      );
    if (kind === 'phrase')
      assert.ok(
        documents.some((held) => ` ${held.join(' ')} `.includes(` ${terms.join(' ')} `)),
        where,
      );
  }
});

test('makeEngineQueries: refuses a corpus without words to draw', () => {
  assert.throws(() => makeEngineQueries(['one', 'two'], createRandom(1), 1), /fewer than 3/);
});

test('repeatVaried: the first texts as they are, the others with some words of the corpus', () => {
  const texts = ['a b c d e f g h', 'i j k l m n o p'];
  const varied = repeatVaried(texts, 40, createRandom(1));
  assert.deepEqual(varied.slice(0, 2), texts);
  assert.ok(varied.length === 40 && varied.every((text) => text.split(' ').length === 8));
  assert.ok(varied.slice(2).some((text, at) => text !== texts[at % 2]));
});

const rows: [a: number[], b: number[], expected: number][] = [
  [[], [], 1],
  [[1], [], 0],
  [[1, 2], [2, 1], 1],
  [[1, 2], [2, 3], 0.5],
  [[1, 2, 3, 4], [1], 0.25],
];
for (const [a, b, expected] of rows) {
  test(`overlapOf: [${a.join()}] and [${b.join()}]`, () => assert.equal(overlapOf(a, b), expected));
}
