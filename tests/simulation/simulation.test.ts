import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from './simulate.ts';

const seeds = Array.from({ length: 30 }, (_, i) => i + 1);

test(`simulation: seeds ${seeds[0]} to ${seeds.at(-1)} keep every invariant`, async (t) => {
  const sums = { complete: 0, incomplete: 0, 'too low': 0, refused: 0, left: 0, hedged: 0 };
  for (const seed of seeds) {
    const { violations, ends, hedges } = await simulate(seed);
    assert.deepEqual(violations, [], `npm run sim -- --seed ${seed} --trace`);
    for (const end of ['complete', 'incomplete', 'too low', 'refused', 'left'] as const) sums[end] += ends[end];
    sums.hedged += hedges.won;
  }
  t.diagnostic(JSON.stringify(sums));
  // A simulation in which nothing goes wrong proves nothing.
  for (const [end, count] of Object.entries(sums)) assert.ok(count >= 20, `${count} ${end}`);
});

// Each row: a seed that has failed, and what was found by it.
const found: [seed: number, what: string][] = [
  [777_050, 'a leaf shed a batch task at half load, with most of its time left'],
  [7_310_339, 'hedges at half load left a limit that refused queries'],
  [138_950, 'two roots held each other at 0.65 of what the leaves can do'],
  [7_310_491, 'two roots held each other at 0.7 of what the leaves can do'],
  [9_400_080, 'a round that counted until the deadline was followed by tasks without any time'],
  [31_000_518, 'wide searches stood in line for each of their lots, until their time was over: goodput 0.886'],
  [30_000_928, 'they did so with four roots, on leaves that took 8 ms a task: 0.899'],
  [30_000_971, 'they did so, and half of what was answered in full otherwise was not: 0.8998'],
  [
    31_000_758,
    'a burst of nine queries at half load was refused, which all could have been answered within 150 ms of 500',
  ],
  [44_000_175, 'one leaf refused half, the other said nothing, and retries were wanted past their budget'],
];
for (const [seed, what] of found) {
  test(`simulation: seed ${seed} keeps every invariant; it failed when ${what}`, async () => {
    assert.deepEqual((await simulate(seed)).violations, [], `npm run sim -- --seed ${seed} --trace`);
  });
}

test('simulation: the same seed gives the same trace, byte for byte', async () => {
  const traces = ['', ''];
  const hashes: string[] = [];
  for (const i of [0, 1]) hashes.push((await simulate(5, (line) => (traces[i] += line))).hash);
  assert.equal(traces[0], traces[1]);
  assert.equal(hashes[0], hashes[1]);
  assert.notEqual((await simulate(6)).hash, hashes[0]);
});
