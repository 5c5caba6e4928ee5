import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rankCandidates, type LeafView } from './candidates.ts';

const leaf = (name: string, inFlight = 0, suspect = false): LeafView => ({ name, inFlight, suspect });
const noTie = (): number => 0.5;

// Each row: the owners of shards 0, 1, …; for each shard the leaves in the order they are to be asked.
const rows: [name: string, owners: LeafView[][], expected: string[][]][] = [
  ['a shard without owners', [[]], [[]]],
  ['the less busy leaf comes first', [[leaf('a', 3), leaf('b', 1)]], [['b', 'a']]],
  ['a silent leaf comes last, idle or not', [[leaf('a', 0, true), leaf('b', 9)]], [['b', 'a']]],
  ['a silent leaf is asked when it is the only one', [[leaf('a', 0, true)]], [['a']]],
  [
    'the shards of one query spread over equal leaves',
    [
      [leaf('a'), leaf('b')],
      [leaf('a'), leaf('b')],
      [leaf('a'), leaf('b')],
    ],
    [
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b'],
    ],
  ],
];

for (const [name, owners, expected] of rows) {
  test(`rankCandidates: ${name}`, () => {
    const ranked = rankCandidates(new Map(owners.entries()), noTie);
    assert.deepEqual([...ranked.values()], expected);
  });
}
