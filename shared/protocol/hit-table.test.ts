import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SortKey, SortValue } from '../ranking/order.ts';
import { isHitTable, packHits, ReceivedHits, type PartialHit } from './hit-table.ts';

const byScore: SortKey[] = [{ by: 'score', descending: true }];
const byFields: SortKey[] = [
  { by: 'field', field: 't', descending: false, values: 'string' },
  { by: 'field', field: 'n', descending: false, values: 'number' },
];

function scored(key: string | null, shard: number, score: number): PartialHit {
  return { key, shard, offset: shard * 100, values: [score], score };
}

function sorted(key: string | null, shard: number, values: SortValue[]): PartialHit {
  return { key, shard, offset: shard * 100, values, score: null };
}

// Each row: sort keys, hits, the sources of those with keys.
const rows: [name: string, keys: SortKey[], hits: PartialHit[], sources: string[]][] = [
  ['none', byScore, [], []],
  ['by score, with sources', byScore, [scored('a', 1, 2.5), scored('bc', 2, 1)], ['{"a":1}', '{}']],
  ['the first held back', byScore, [scored(null, 1, 2.5), scored('bc', 1023, 1)], ['{}']],
  ['the last held back', byScore, [scored('a', 1, 2.5), scored(null, 2, 1 / 3), scored(null, 3, 0)], ['{"ü":"ü"}']],
  ['all held back', byScore, [scored(null, 1, 2.5), scored(null, 2, 1)], []],
  ['without sources', byScore, [scored('a', 1, 2.5), scored('bc', 2, 1)], []],
  ['by fields, nulls', byFields, [sorted('a', 1, ['x', null]), sorted('b', 1, [null, -3])], ['{"ü":"ü"}', '{}']],
  ['keys of more bytes than characters', byScore, [scored('übel', 0, 1), scored('🎈', 3, 0), scored('', 3, 0)], []],
];
for (const [name, keys, hits, sources] of rows) {
  test(`ReceivedHits: reads what packHits packs: ${name}`, () => {
    const { table, body } = packHits(
      keys,
      hits,
      sources.map((source) => Buffer.from(source)),
    );
    const received: unknown = JSON.parse(JSON.stringify(table));
    // A body begins anywhere in what was received.
    const bytes = Buffer.concat([Buffer.from('x'), ...body]).subarray(1);
    const from = Math.max(
      0,
      hits.findIndex(({ key }) => key !== null),
    );
    const until = from + hits.filter(({ key }) => key !== null).length;
    assert.ok(isHitTable(received, { keys, from, until, mayBeOf: () => true }, bytes));
    const read = new ReceivedHits(received, bytes);
    assert.equal(read.count, hits.length);
    const waiting = [...sources];
    for (const [rank, hit] of hits.entries()) {
      assert.deepEqual(read.hitAt(rank), hit);
      assert.equal(read.sourceAt(rank).toString(), hit.key === null ? '' : (waiting.shift() ?? ''));
    }
  });
}
