import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { Lots } from './lots.ts';

/** `0:a,b 1:b`: the leaves that can do each shard. */
function lotsOf(text: string): Lots {
  const leaves = new Map(
    text.split(' ').map((each) => {
      const [shard, names = ''] = each.split(':');
      return [Number(shard), names.split(',')];
    }),
  );
  return new Lots([...leaves.keys()], (shard) => leaves.get(shard)!);
}

const eight = Array.from({ length: 8 }, (_, shard) => `${shard}:a,b`).join(' ');

// Each row: who can do what, who asks in turn (`-a` is dropped), the lots.
const rows: [name: string, shards: string, asks: string, lots: string][] = [
  ['lots shrink', eight, 'a b a b a b a', '0,1,2|3,4|5|6|7||'],
  ['who is faster gets more', eight, 'a a a a a b', '0,1,2|3,4|5|6|7|'],
  ['a leaf alone', '0:a 1:a 2:a 3:a', 'a a', '0,1,2,3|'],
  ['what others cannot do comes first', '0:a,b 1:a,b 2:a 3:a', 'a a a', '2,3|0|1'],
  ['of equals what it is best for', '0:b,a 1:a,b 2:b,a 3:a,b', 'a b', '1,3|0'],
  ['nothing that it can do', '0:a 1:a', 'b', ''],
  ['a leaf that is dropped is asked for what only it has', '0:a,b 1:a 2:a 3:b', '-a b b', '1,2|0,3|'],
  ['dropped twice', '0:a 1:a,b', '-a -a b', '0||1'],
];
for (const [name, shards, asks, expected] of rows) {
  test(`Lots: ${name}`, () => {
    const lots = lotsOf(shards);
    const given = asks.split(' ').map((ask) => (ask.startsWith('-') ? lots.drop(ask.slice(1)) : lots.next(ask)));
    assert.equal(given.map((lot) => lot.join(',')).join('|'), expected);
  });
}

test('Lots: whoever asks, every shard is handed out once, to a leaf that can do it, and nobody stops early', (t) => {
  const seed = 11;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 300; run++) {
    const names = ['a', 'b', 'c', 'd'].slice(0, random.integer(1, 4));
    const shards = Array.from({ length: random.integer(1, 20) }, (_, shard) => shard);
    const owners = shards.map(() => random.shuffle(names.slice()).slice(0, random.integer(1, names.length)));
    const lots = new Lots(shards, (shard) => owners[shard]!);
    const done: number[] = [];
    // Leaves that have a lot; those that found nothing left are idle and are not asked again.
    const working = new Set(names);
    while (working.size > 0) {
      const leaf = random.pick([...working]);
      const isDropped = random.chance(0.1);
      const lot = isDropped ? lots.drop(leaf) : lots.next(leaf);
      for (const shard of lot) assert.ok(owners[shard]!.includes(leaf), `${shard} to ${leaf}`);
      done.push(...lot);
      if (isDropped || lot.length === 0) working.delete(leaf);
    }
    assert.deepEqual(
      done.sort((a, b) => a - b),
      shards,
      `run ${run}`,
    );
    assert.deepEqual(lots.rest, []);
  }
});

test('Lots: a lot is what the leaf is best for, handed out ascending', () => {
  const lots = new Lots([0, 1, 2, 3, 4, 5], (shard) => (shard === 5 ? ['a', 'b'] : ['b', 'a']));
  assert.deepEqual(lots.next('a'), [0, 5]);
  assert.deepEqual(lots.rest, [1, 2, 3, 4]);
});
