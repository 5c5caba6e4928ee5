import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { foundSeeds } from './found-seeds.ts';
import { simulate } from './simulate.ts';

const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
/** Of the seeds that have failed so many are simulated, and which. */
const foundSampled = 3;
const sampleSeed = Number(process.env['SEED'] ?? 1);

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

// A sample, of which the seeds are told by the names of the tests; `npm run sim -- --regressions` simulates all.
const found = createRandom(sampleSeed).shuffle(foundSeeds).slice(0, foundSampled);
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
