import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginRound, sawStored, unknownShard, type KnownShard } from './due-shards.ts';

// Each row: the rank of the leaf, then for each round the offset of its replica, what the store was seen to have before the
// round (null: nothing new), and whether it is due.
type Round = [offset: number, seen: number | null, isDue: boolean];
const rows: [name: string, rank: number, rounds: Round[]][] = [
  [
    'the first owner: whenever it has more',
    0,
    [
      [5, null, true],
      [5, 5, false],
      [5, null, false],
      [9, null, true],
    ],
  ],
  ['an empty replica has nothing to store', 0, [[-1, null, false]]],
  [
    'the second waits three rounds',
    1,
    [
      [5, null, false],
      [5, null, false],
      [5, null, false],
      [5, null, true],
    ],
  ],
  [
    'as long as the first stores, the second never does',
    1,
    [
      [5, null, false],
      [6, null, false],
      [7, 6, false],
      [8, null, false],
      [9, null, false],
      [9, 8, false],
    ],
  ],
  [
    'once it has begun, it goes on only where the first stays away',
    1,
    [
      [5, null, false],
      [5, null, false],
      [5, null, false],
      [5, null, true],
      [6, 5, false],
      [6, null, false],
      [6, null, false],
      [6, null, true],
    ],
  ],
];

for (const [name, rank, rounds] of rows) {
  test(`beginRound: ${name}`, () => {
    let known: KnownShard = unknownShard;
    for (const [i, [offset, seen, isDue]] of rounds.entries()) {
      if (seen !== null) known = sawStored(known, seen);
      const begun = beginRound({ indexId: 'x0', shard: 0, offset, rank }, known);
      known = begun.known;
      assert.equal(begun.isDue, isDue, `round ${i + 1}`);
    }
  });
}
