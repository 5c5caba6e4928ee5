import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { shardOfKey } from './hash.ts';
import { placeShards } from './ring.ts';

const leafNames = (count: number): string[] => Array.from({ length: count }, (_, i) => `leaf-${i}`);

function loads(owners: string[][]): number[] {
  const counts = new Map<string, number>();
  for (const leaf of owners.flat()) counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  return [...counts.values()];
}

const golden = { leaves: leafNames(4), indexId: 'x0', shards: 8, replicas: 2 };
const goldenOwners = '03 21 01 20 13 10 02 12';

const show = (owners: string[][]): string =>
  owners.map((leaves) => leaves.map((name) => name.replace('leaf-', '')).join('')).join(' ');

test('placeShards: golden vector', () => {
  assert.equal(show(placeShards(golden)), goldenOwners);
});

test('placeShards: the same in another process, whatever the order of the names', () => {
  const script = `import { placeShards } from ${JSON.stringify(new URL('./ring.ts', import.meta.url).href)};
    console.log(JSON.stringify(placeShards(${JSON.stringify({ ...golden, leaves: leafNames(4).reverse() })})));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(show(JSON.parse(output) as string[][]), goldenOwners);
});

test('placeShards: no leaf has more than 1.15 of the mean', () => {
  for (const [shards, leaves] of [
    [16, 6],
    [256, 10],
  ] as const) {
    for (let index = 0; index < 50; index++) {
      const owners = placeShards({ leaves: leafNames(leaves), indexId: `x${index}`, shards, replicas: 1 });
      const most = Math.max(...loads(owners));
      assert.ok(most / (shards / leaves) <= 1.15, `index x${index}: ${most} of ${shards} shards on ${leaves} leaves`);
    }
  }
});

test('placeShards: a leaf more moves few shards', () => {
  let moved = 0;
  for (let index = 0; index < 20; index++) {
    const [before, after] = [10, 11].map((count) =>
      placeShards({ leaves: leafNames(count), indexId: `x${index}`, shards: 256, replicas: 1 }),
    );
    moved += before!.filter(([owner], shard) => owner !== after![shard]![0]).length;
  }
  assert.ok(moved / (20 * 256) <= 1.5 / 11, `${moved} of ${20 * 256}`);
});

// Each row: leaves, replicas; owners each shard gets.
const counts: [name: string, leaves: number, replicas: number, expected: number][] = [
  ['no leaves', 0, 2, 0],
  ['fewer leaves than replicas', 2, 3, 2],
  ['as many replicas as asked', 5, 3, 3],
];
for (const [name, leaves, replicas, expected] of counts) {
  test(`placeShards: ${name}`, () => {
    const owners = placeShards({ leaves: leafNames(leaves), indexId: 'x1', shards: 16, replicas });
    for (const each of owners) assert.equal(new Set(each).size, expected);
  });
}

test('shardOfKey: golden vector', () => {
  assert.deepEqual(
    ['', 'a', 'n00001740', 'größe', '🜁'].map((key) => shardOfKey(key, 16)),
    [9, 11, 5, 5, 10],
  );
});
