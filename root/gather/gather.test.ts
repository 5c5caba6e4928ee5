import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packHits, type PartialHit } from '../../shared/protocol/hit-table.ts';
import type { SearchPartial } from '../../shared/protocol/tasks/search.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { SortKey } from '../../shared/ranking/order.ts';
import { gatherCounts } from './gather.ts';
import { mergeHits } from './merge-hits.ts';

const byScore: SortKey[] = [{ by: 'score', descending: true }];

/** `5@0/4` is a hit with score 5 of shard 0 at log offset 4; its source is its own name. */
function partialOf(text: string): { partial: SearchPartial; body: Uint8Array; sizeBytes: number } {
  const names = text.split(' ').filter((name) => name !== '');
  const hits = names.map((name): PartialHit => {
    const [score, shard, offset] = name.split(/[@/]/).map(Number) as [number, number, number];
    return { values: [score], score, shard, offset, key: name };
  });
  const shards = [...new Set(hits.map(({ shard }) => shard))];
  const base = {
    kind: 'search',
    shards,
    failures: [],
    documents: 9,
    offsets: {},
    aggregations: {},
    totalRelation: 'eq',
  } as const;
  const packed = packHits(
    byScore,
    hits,
    names.map((name) => Buffer.from(name)),
  );
  return {
    partial: { ...base, total: hits.length, hits: packed.table },
    body: Buffer.concat(packed.body),
    sizeBytes: 100,
  };
}

function gather(leaves: string[], until: number, from = 0): string {
  const received = leaves.map(partialOf);
  const { total } = gatherCounts(received);
  const tables = received.map(({ partial, body }) => ({ table: partial.hits, body }));
  const { hits, bestScore } = mergeHits(byScore, tables, { from, until });
  assert.equal(bestScore, mergeHits(byScore, tables, { from: 0, until: 1 }).hits[0]?.score ?? null);
  assert.equal(
    total,
    leaves
      .join(' ')
      .split(' ')
      .filter((name) => name !== '').length,
  );
  for (const hit of hits) assert.equal(Buffer.from(hit.source).toString(), hit.key);
  return hits.map(({ key }) => key).join(' ');
}

// Each row: what the leaves answered, how many hits were asked for, what the caller gets. A hit is score@shard/logOffset.
const rows: [name: string, leaves: string[], k: number, expected: string, from?: number][] = [
  ['no leaf answered', [], 3, ''],
  ['one leaf', ['9@0/4 2@0/1'], 3, '9@0/4 2@0/1'],
  ['interleaves by score', ['9@0/4 2@0/1', '5@1/7 3@1/2'], 3, '9@0/4 5@1/7 3@1/2'],
  ['ties go to the lower shard', ['5@1/2', '5@0/9'], 2, '5@0/9 5@1/2'],
  ['ties within a shard go to the lower offset', ['5@0/2 5@0/9'], 1, '5@0/2'],
  ['nothing asked for', ['5@0/2'], 0, ''],
  ['a page', ['9@0/4 2@0/1', '5@1/7 3@1/2'], 3, '5@1/7 3@1/2', 1],
  ['a page after the last hit', ['9@0/4', '5@1/7'], 9, '', 2],
];
for (const [name, leaves, k, expected, from] of rows) {
  test(`mergeHits: ${name}`, () => assert.equal(gather(leaves, k, from), expected));
}

test('mergeHits: any split over leaves in any order gives the same hits', (t) => {
  const seed = 3;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 200; run++) {
    const hits = Array.from({ length: 12 }, (_, i) => `${random.integer(1, 4)}@${random.integer(0, 3)}/${i}`);
    const order = (a: string, b: string): number => {
      const [x, y] = [a, b].map((hit) => hit.split(/[@/]/).map(Number)) as [number[], number[]];
      return y[0]! - x[0]! || x[1]! - y[1]! || x[2]! - y[2]!;
    };
    const leaves = Array.from({ length: random.integer(1, 4) }, (): string[] => []);
    for (const hit of random.shuffle(hits)) random.pick(leaves).push(hit);
    const parts = leaves.map((leaf) => leaf.sort(order).join(' '));
    const from = random.integer(0, 4);
    assert.equal(gather(parts, 5, from), hits.sort(order).slice(from, 5).join(' '));
  }
});

test('mergeHits: a leaf whose hits are out of order is found out', () => {
  assert.throws(() => gather(['2@0/1 9@0/4'], 3), /out of order/);
});
