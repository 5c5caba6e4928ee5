import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { placeShards } from './ring.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

interface Leaves {
  readonly leaves: readonly string[];
  readonly zones: ReadonlyMap<string, string>;
}

/** `3,2`: three leaves in one zone, two in another. */
function leavesOf(sizes: readonly number[]): Leaves {
  const zones = new Map<string, string>();
  for (const [zone, size] of sizes.entries()) {
    for (let i = 0; i < size; i++) zones.set(`leaf-${zone}-${i}`, `zone-${zone}`);
  }
  return { leaves: [...zones.keys()], zones };
}

const placed = new Map<string, readonly (readonly string[])[]>();

/** Where the shards of an index are: several tests look at the same. */
function placementOf(sizes: readonly number[], index: number, replicas: number): readonly (readonly string[])[] {
  const key = `${sizes.join()} ${index} ${replicas}`;
  const owners = placed.get(key) ?? placeShards({ ...leavesOf(sizes), indexId: `x${index}`, shards, replicas });
  placed.set(key, owners);
  return owners;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const sizesOf = (written: string): number[] => written.split(',').map(Number);

/** How many replicas of a shard each zone has at least, and at most: they differ by one, but for zones with too few leaves. */
function boundsOf(sizes: readonly number[], replicas: number): { readonly least: number; readonly most: number } {
  let most = 1;
  while (sum(sizes.map((size) => Math.min(size, most))) < replicas) most++;
  return { least: most - 1, most };
}

/** The least that the leaf with the most can have, a whole number: by trying. */
function leastMost(sizes: readonly number[], shards: number, replicas: number): number {
  const { least, most } = boundsOf(sizes, replicas);
  for (let load = 1; ; load++) {
    const rooms = sizes.map((size) => Math.min(size * Math.min(load, shards), most * shards));
    const holdsLeast = rooms.every((room, zone) => room >= Math.min(sizes[zone]!, least) * shards);
    if (holdsLeast && sum(rooms) >= replicas * shards) return load;
  }
}

function mostOf(owners: readonly (readonly string[])[]): number {
  const counts = Map.groupBy(owners.flat(), (leaf) => leaf);
  return Math.max(...Array.from(counts.values(), ({ length }) => length));
}

/** Replicas that are on a leaf after that did not have them before. */
function movedBetween(before: readonly (readonly string[])[], after: readonly (readonly string[])[]): number {
  return sum(after.map((leaves, shard) => leaves.filter((leaf) => !before[shard]!.includes(leaf)).length));
}

const shards = 256;
const indexes = 8;

// Each row: the leaves of each zone, replicas.
const evenZones: [sizes: string, replicas: number][] = [
  ['2,2', 2],
  ['3,3', 2],
  ['2,2,2', 2],
  ['3,3,3', 2],
  ['2,2,2,2', 2],
  ['2,2', 3],
  ['2,2,2', 3],
  ['4,4,4', 3],
  ['2,2,2,2', 3],
  ['2,2,2', 4],
];
for (const [written, replicas] of evenZones) {
  test(`zones: ${replicas} replicas in zones of ${written} leaves are within 1.15 of even, and few move for one more`, () => {
    const sizes = sizesOf(written);
    const leaves = sum(sizes);
    let moved = 0;
    for (let index = 0; index < indexes; index++) {
      const before = placementOf(sizes, index, replicas);
      const most = mostOf(before) / ((shards * replicas) / leaves);
      assert.ok(most <= 1.15, `index x${index}: ${most} times the mean`);
      const grown = index % sizes.length;
      const after = placementOf(
        sizes.map((size, zone) => size + Number(zone === grown)),
        index,
        replicas,
      );
      moved += movedBetween(before, after);
    }
    const share = moved / (indexes * shards * replicas);
    assert.ok(share <= 1.5 / (leaves + 1), `${share * (leaves + 1)} times what is even`);
  });
}

/**
 * Each row: the leaves of each zone, replicas; how many times what one more leaf gets, or would get were zones nothing, moves for
 * it. Most moves where a zone is to be in nearly every shard, and by its leaves would be in fewer.
 */
const unevenZones: [sizes: string, replicas: number, movedMax: number][] = [
  ['1,2', 2, 1.5],
  ['1,5', 2, 1.5],
  ['1,1,2', 2, 1.5],
  ['1,2,3', 2, 1.5],
  ['2,3,4', 2, 1.5],
  ['4,4,7', 2, 1.75],
  ['5,5,1', 2, 1.5],
  ['1,1,1,1,1,5', 2, 1.75],
  ['1,2,3', 3, 1.5],
  ['5,5,1', 3, 1.5],
  ['1,1,1,4', 3, 1.5],
  ['1,2,3', 4, 1.5],
];
for (const [written, replicas, movedMax] of unevenZones) {
  test(`zones: ${replicas} replicas in zones of ${written} leaves are within 1.15 of the least there can be`, () => {
    const sizes = sizesOf(written);
    const least = leastMost(sizes, shards, replicas);
    for (let index = 0; index < indexes; index++) {
      const most = mostOf(placementOf(sizes, index, replicas));
      assert.ok(most <= 1.15 * least, `index x${index}: ${most}, least ${least}`);
    }
  });

  test(`zones: of ${replicas} replicas in zones of ${written} leaves few move for one more`, () => {
    const sizes = sizesOf(written);
    const leaves = sum(sizes);
    for (const grown of sizes.keys()) {
      let [moved, part] = [0, 0];
      for (let index = 0; index < indexes; index++) {
        const after = placementOf(
          sizes.map((size, zone) => size + Number(zone === grown)),
          index,
          replicas,
        );
        moved += movedBetween(placementOf(sizes, index, replicas), after);
        part += after.flat().filter((leaf) => leaf === `leaf-${grown}-${sizes[grown]}`).length;
      }
      const even = (indexes * shards * replicas) / (leaves + 1);
      const times = moved / Math.max(even, part);
      assert.ok(times <= movedMax, `zone ${grown}: ${times}`);
    }
  });
}

/** Names of zones; a leaf without one is one by itself. */
function zonesOf(owners: readonly string[], zones: ReadonlyMap<string, string>): string[] {
  return owners.map((leaf) => zones.get(leaf) ?? leaf);
}

test('zones: replicas are on different leaves, in as many zones as there are, as evenly as these have leaves', (t) => {
  const seed = 11;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < roundsOf(400); run++) {
    const sizes = Array.from({ length: random.integer(1, 5) }, () => random.integer(1, 4));
    const { leaves, zones: all } = leavesOf(sizes);
    // A leaf without a zone is a zone of its own.
    const zones = new Map([...all].filter(() => !random.chance(0.1)));
    const asked = { indexId: `x${run}`, shards: random.pick([1, 2, 7, 40]), replicas: random.integer(1, 5) };
    const owners = placeShards({ leaves: random.shuffle(leaves), zones, ...asked });
    const replicas = Math.min(asked.replicas, leaves.length);
    const groups = [...Map.groupBy(leaves, (leaf) => zones.get(leaf) ?? leaf).values()].map(({ length }) => length);
    const bounds = boundsOf(groups, replicas);
    assert.equal(owners.length, asked.shards);
    for (const [shard, each] of owners.entries()) {
      const about = `${JSON.stringify([groups, asked])}, shard ${shard}: ${each.join(' ')}`;
      assert.equal(new Set(each).size, replicas, about);
      const counts = [...Map.groupBy(zonesOf(each, zones), (zone) => zone).values()].map(({ length }) => length);
      assert.equal(counts.length, Math.min(replicas, groups.length), about);
      assert.ok(Math.max(...counts) <= bounds.most, about);
    }
    // With at most one replica of a shard in a zone no leaf is ever fuller than it may be.
    const least = leastMost(groups, asked.shards, replicas);
    if (replicas > 1 && replicas <= groups.length && groups.length < leaves.length) {
      assert.ok(mostOf(owners) <= Math.max(least, 1.15 * least), `${mostOf(owners)}, least ${least}`);
    }
  }
});

// Each row: the zones of leaf-0 to leaf-3, `-` for none; whether shards are placed as without zones.
const plain: [name: string, zones: string, replicas: number, same: boolean][] = [
  ['none is given', '----', 2, true],
  ['all are in one', 'aaaa', 2, true],
  ['each is in another', 'abcd', 2, true],
  ['those that have one are in another each', 'ab--', 2, true],
  ['there is one replica', 'aabb', 1, true],
  ['every leaf has every shard', 'aabb', 4, true],
  ['two are in one', 'aa--', 2, false],
];
for (const [name, written, replicas, same] of plain) {
  test(`zones: ${same ? 'change nothing' : 'change something'} where ${name}`, () => {
    const leaves = ['leaf-0', 'leaf-1', 'leaf-2', 'leaf-3'];
    const zones = new Map(leaves.map((leaf, i) => [leaf, written[i]!] as const).filter(([, zone]) => zone !== '-'));
    const asked = { leaves, indexId: 'x0', shards: 64, replicas };
    const [without, given] = [placeShards(asked), placeShards({ ...asked, zones })];
    if (same) assert.deepEqual(given, without);
    else assert.notDeepEqual(given, without);
  });
}

test('zones: the same whatever zones are called and whatever the order of names', () => {
  const { leaves, zones } = leavesOf([2, 3, 1]);
  const asked = { indexId: 'x0', shards: 32, replicas: 2 };
  const renamed = new Map([...zones].map(([leaf, zone]) => [leaf, `other ${zone}`] as const).reverse());
  const before = placeShards({ leaves, zones, ...asked });
  assert.deepEqual(placeShards({ leaves: leaves.toReversed(), zones: renamed, ...asked }), before);
});

test('zones: golden vector', () => {
  const { leaves, zones } = leavesOf([2, 2]);
  const owners = placeShards({ leaves, zones, indexId: 'x0', shards: 8, replicas: 2 });
  assert.equal(
    owners.map((each) => each.map((leaf) => leaf.replace('leaf-', '')).join('+')).join(' '),
    '0-1+1-0 0-0+1-1 0-0+1-0 1-1+0-0 1-0+0-0 1-0+0-1 1-1+0-1 1-1+0-1',
  );
});
