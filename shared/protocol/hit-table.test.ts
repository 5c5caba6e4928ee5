import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SortValue } from '../ranking/order.ts';
import { HitReader, isHitTable, packHits, type PartialHit } from './hit-table.ts';

function hitOf(key: string, shard: number, values: SortValue[], score: number | null = null): PartialHit {
  return { key, shard, offset: shard * 100, values, score };
}

// Each row: hits, their sources.
const rows: [name: string, hits: PartialHit[], sources: string[]][] = [
  ['none', [], []],
  ['by score, with sources', [hitOf('a', 1, [2.5], 2.5), hitOf('bc', 2, [1], 1)], ['{"a":1}', '{}']],
  ['some sources held back', [hitOf('a', 1, [2.5], 2.5), hitOf('bc', 2, [1], 1)], ['', '{}']],
  ['without sources', [hitOf('a', 1, [2.5], 2.5), hitOf('bc', 2, [1], 1)], []],
  ['several sort keys, nulls, no scores', [hitOf('a', 1, ['x', null]), hitOf('b', 1, [null, 3])], ['{"ü":"ü"}', '{}']],
  ['keys of more bytes than characters', [hitOf('übel', 0, [1]), hitOf('🎈', 3, [0]), hitOf('c', 3, [0])], []],
];
for (const [name, hits, sources] of rows) {
  test(`HitReader: reads what packHits packs: ${name}`, () => {
    const { table, body } = packHits(
      hits,
      sources.map((source) => Buffer.from(source)),
    );
    const received: unknown = JSON.parse(JSON.stringify(table));
    const bytes = Buffer.concat(body);
    assert.ok(isHitTable(received, hits[0]?.values.length ?? 1, bytes.length));
    const reader = new HitReader(received, bytes);
    for (const [i, hit] of hits.entries()) {
      assert.deepEqual({ ...reader.next(), key: reader.key(), score: reader.score() }, hit);
      assert.equal(reader.source().toString(), sources[i] ?? '');
    }
    assert.equal(reader.next(), undefined);
  });
}
