import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { rankReplicas, type LeafView } from './replica-choice.ts';

const good: LeafView = { name: '', inFlight: 0, latencyMs: 1, inFlightMax: Infinity, condition: 'good' };
const leaf = (name: string, differs: Partial<LeafView> = {}): LeafView => ({ ...good, ...differs, name });

const [slow, busy] = [leaf('slow', { latencyMs: 9 }), leaf('busy', { inFlight: 9 })];
const [idle, fresh] = [leaf('idle'), leaf('fresh', { inFlightMax: 0 })];
const [silent, ejected] = [leaf('silent', { condition: 'silent' }), leaf('ejected', { condition: 'ejected' })];

const near = (name: string, differs: Partial<LeafView> = {}): LeafView => leaf(name, { ...differs, isNear: true });
const nearSilent = near('nearSilent', { condition: 'silent' });
const behind = { condition: 'behind' } as const;

// Each row: the owners of one shard, the order they are to be asked in, whatever is drawn.
const rows: [name: string, owners: LeafView[], expected: string][] = [
  ['nobody', [], ''],
  ['one', [silent], 'silent'],
  ['cold ones by latency', [slow, idle], 'idle slow'],
  ['a hot one comes after a cold one, however slow', [busy, leaf('slow', { latencyMs: 900 })], 'slow busy'],
  ['hot ones by what is in flight', [idle, leaf('b', { inFlight: 5 }), busy, leaf('c')].slice(1, 3), 'b busy'],
  ['new ones at their cap after known ones', [fresh, slow], 'slow fresh'],
  ['new ones below their cap with the others', [leaf('fresh', { inFlightMax: 2 }), slow], 'fresh slow'],
  ['silent ones after those', [silent, fresh], 'fresh silent'],
  ['ejected ones last', [ejected, silent, fresh, slow], 'slow fresh silent ejected'],
  ['one in the zone of the root before its equals', [near('near', { latencyMs: 2 }), idle], 'near idle'],
  ['a millisecond is nothing', [near('near', { latencyMs: 1.1 }), leaf('fast', { latencyMs: 0.1 })], 'near fast'],
  ['three times as slow, it is not their equal', [near('near', { latencyMs: 3 }), idle], 'idle near'],
  ['hot, it comes after a cold one', [near('near', { inFlight: 9 }), leaf('slow', { latencyMs: 900 })], 'slow near'],
  ['behind, it comes after', [near('near', { condition: 'behind' }), slow], 'slow near'],
  ['busy, it comes after', [near('near', { condition: 'busy' }), slow], 'slow near'],
  ['silent, it comes after those that are behind', [nearSilent, leaf('b', { condition: 'behind' })], 'b nearSilent'],
  ['of those that are behind it is the first', [leaf('b', behind), near('near', behind)], 'near b'],
  ['new and at its cap, it comes after known ones', [near('near', { inFlightMax: 0 }), slow], 'slow near'],
  ['two in the zone by latency', [near('n2', { latencyMs: 2 }), near('n1'), leaf('b', { latencyMs: 9 })], 'n1 n2 b'],
  ['a fast one of another zone between them', [near('n9', { latencyMs: 9 }), near('n1'), leaf('b')], 'n1 b n9'],
  ['all silent: they are asked all the same', [silent], 'silent'],
];
for (const [name, owners, expected] of rows) {
  test(`rank replicas: ${name}`, () => {
    const random = createRandom(1);
    for (let i = 0; i < 20; i++) {
      const ranked = rankReplicas(new Map([[0, random.shuffle(owners)]]), () => random.next());
      assert.equal(ranked.get(0)!.join(' '), expected);
    }
  });
}

test('rank replicas: the shards of one query spread over equal leaves', () => {
  const random = createRandom(2);
  const leaves = ['a', 'b', 'c', 'd'].map((name) => leaf(name));
  const ranked = rankReplicas(new Map(Array.from({ length: 16 }, (_, shard) => [shard, leaves])), () => random.next());
  const counts = Object.groupBy([...ranked.values()], ([first]) => first!);
  for (const { name } of leaves) assert.ok((counts[name]?.length ?? 0) >= 2, `${name}: ${counts[name]?.length ?? 0}`);
});

test('rank replicas: equal leaves are equally often the first', (t) => {
  const seed = 3;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const leaves = ['a', 'b', 'c'].map((name) => leaf(name));
  const first = new Map<string, number>();
  for (let i = 0; i < 3000; i++) {
    const [best] = rankReplicas(new Map([[0, leaves]]), () => random.next()).get(0)!;
    first.set(best!, (first.get(best!) ?? 0) + 1);
  }
  for (const count of first.values()) assert.ok(count > 900 && count < 1100, `${count} of 3000`);
});

// Each row: the leaves of four shards each has, `*` near and `!` with work before; how often each is the first.
const shared: [name: string, leaves: string, first: string][] = [
  ['a query stays in the zone', 'a* b c', 'a 12'],
  ['its leaves share it evenly', 'a* b* c d', 'a 6 b 6'],
  ['a leaf that was hot is relieved by all', 'a*! b c', 'b 6 c 6'],
  ['and by others of its zone before all, until they have as much', 'a*! b* c d', 'b 6 c 3 d 3'],
];
for (const [name, written, expected] of shared) {
  test(`rank replicas: zones, ${name}`, () => {
    const random = createRandom(5);
    const leaves = written.split(' ').map((each) => {
      return leaf(each[0]!, { isNear: each.includes('*'), inFlight: each.includes('!') ? 5 : 0 });
    });
    const owners = new Map(Array.from({ length: 12 }, (_, shard) => [shard, random.shuffle(leaves)]));
    const first = [...rankReplicas(owners, () => random.next()).values()].map(([best]) => best!);
    const counts = [...Map.groupBy(first, (each) => each)].map(([each, { length }]) => `${each} ${length}`);
    assert.equal(counts.sort().join(' '), expected);
  });
}

test('rank replicas: of three unlike ones every two are drawn as often, and the better of them is the first', (t) => {
  const seed = 8;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const leaves = [1, 2, 3].map((latencyMs) => leaf(`${latencyMs}`, { latencyMs }));
  const first = { 1: 0, 2: 0, 3: 0 };
  for (let i = 0; i < 3000; i++) {
    const [best] = rankReplicas(new Map([[0, leaves]]), () => random.next()).get(0)!;
    first[best as '1' | '2' | '3']++;
  }
  // The best is in two of the three pairs, the worst is never the better one.
  assert.ok(first[1] > 1900 && first[1] < 2100 && first[3] === 0, JSON.stringify(first));
});

test('rank replicas: every owner is ranked once, and the first is never worse than the last in condition', (t) => {
  const seed = 4;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const conditions = ['good', 'busy', 'behind', 'silent', 'ejected'] as const;
  for (let run = 0; run < 1000; run++) {
    const leaves = Array.from({ length: random.integer(1, 6) }, (_, i) =>
      leaf(`l${i}`, {
        inFlight: random.integer(0, 5),
        latencyMs: random.integer(1, 5),
        inFlightMax: random.pick([2, Infinity]),
        condition: random.pick(conditions),
      }),
    );
    const owners = new Map([0, 1, 2].map((shard) => [shard, random.shuffle(leaves).slice(0, random.integer(0, 6))]));
    for (const [shard, ranked] of rankReplicas(owners, () => random.next())) {
      assert.deepEqual(
        ranked.toSorted(),
        owners
          .get(shard)!
          .map(({ name }) => name)
          .sort(),
      );
      const order = ranked.map((name) => conditions.indexOf(leaves.find((each) => each.name === name)!.condition));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    }
  }
});
