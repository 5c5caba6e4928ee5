import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonInPieces } from './json-in-pieces.ts';

const bucket = (key: unknown, more: object = {}) => ({ key, doc_count: 1, ...more });
const bare = (entries: object) => Object.assign(Object.create(null) as Record<string, unknown>, entries);

// Each row: results, at least so many pieces.
const rows: [name: string, results: Record<string, unknown>, pieces: number][] = [
  ['nothing', {}, 1],
  ['a metric', { a: { value: null } }, 2],
  ['a name with quotes, and one of every object', bare({ '"a"\n': { value: 1 }, constructor: { value: 2 } }), 4],
  ['no buckets', { a: { buckets: [] } }, 3],
  ['buckets', { a: { doc_count_error_upper_bound: 0, buckets: [bucket('x'), bucket(2), bucket([1, 'b'])] } }, 6],
  ['keyed buckets', { a: { buckets: bare({ x: bucket('x'), '10': bucket(1) }) } }, 9],
  ['one bucket around buckets', { a: { doc_count: 3, b: { doc_count: 2, c: { buckets: [bucket(1)] } } } }, 6],
  ['buckets in buckets', { a: { buckets: [bucket(1, { b: { buckets: [bucket(2), bucket(3)] } }), bucket(4)] } }, 9],
  ['what is undefined', { a: undefined, b: { value: 1, text: undefined }, c: { buckets: [undefined] } }, 4],
  ['numbers that are none', { a: { buckets: [bucket(NaN), bucket(-0)] } }, 4],
];
for (const [name, results, pieces] of rows) {
  test(`jsonInPieces: ${name}`, () => {
    const found = [...jsonInPieces(results)];
    assert.equal(found.join(''), JSON.stringify(results));
    assert.ok(found.length >= pieces, `${found.length} pieces`);
  });
}
