import assert from 'node:assert/strict';
import { test } from 'node:test';
import { divideAmongFewest } from './fewest-leaves.ts';

// Each row: the leaves of shards 0, 1, …; who is given what.
const rows: [name: string, leaves: string[], expected: string][] = [
  ['nothing', [], ''],
  ['one leaf has all', ['ab', 'bc', 'b'], 'b 0,1,2'],
  ['the best of equals is the first of the first shard', ['ba', 'ab'], 'b 0,1'],
  ['two are needed', ['a', 'ab', 'b', 'b'], 'b 1,2,3; a 0'],
  ['a shard nobody has is left out', ['', 'a'], 'a 1'],
];
for (const [name, leaves, expected] of rows) {
  test(`divide among fewest: ${name}`, () => {
    const parts = divideAmongFewest([...leaves.keys()], (shard) => leaves[shard]!.split('').filter(Boolean));
    assert.equal([...parts].map(([leaf, shards]) => `${leaf} ${shards.join(',')}`).join('; '), expected);
  });
}

test('divide among fewest: every case of 4 shards on 3 leaves is a partition, within 1 of the fewest', () => {
  const sets = ['', 'a', 'b', 'c', 'ab', 'ac', 'bc', 'abc'].map((set) => set.split(''));
  for (let code = 0; code < 8 ** 4; code++) {
    const leaves = [0, 1, 2, 3].map((shard) => sets[Math.floor(code / 8 ** shard) % 8]!);
    const parts = divideAmongFewest([0, 1, 2, 3], (shard) => leaves[shard]!);
    const given = [...parts.values()].flat().sort((a, b) => a - b);
    assert.deepEqual(
      given,
      [0, 1, 2, 3].filter((shard) => leaves[shard]!.length > 0),
    );
    for (const [leaf, shards] of parts) for (const shard of shards) assert.ok(leaves[shard]!.includes(leaf));
    const covers = sets.filter((set) => given.every((shard) => leaves[shard]!.some((leaf) => set.includes(leaf))));
    assert.ok(parts.size <= Math.min(...covers.map((set) => set.length)) + 1);
  }
});
