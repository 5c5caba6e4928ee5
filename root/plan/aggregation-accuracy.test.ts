import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTrial, type Tallies } from '../../tests/accuracy/trials.ts';

const trials = 20;

test('accuracy: intervals hold, bounded counts are true, and exact lists are those of all documents', async (t) => {
  const seed = 1_000_000;
  t.diagnostic(`seed ${seed}, ${trials} collections`);
  const tallies: Tallies = new Map();
  for (let trial = 0; trial < trials; trial++) await runTrial(seed + trial, tallies);
  const all = [...tallies];
  const sumOf = (accuracy: string, of: (tally: (typeof all)[number][1]) => number): number =>
    all.reduce((sum, [name, tally]) => sum + (name.endsWith(accuracy) ? of(tally) : 0), 0);
  const counts = sumOf('', (tally) => tally.counts);
  for (const accuracy of ['fast', 'bounded', 'exact']) {
    const [lists, rounds] = [sumOf(accuracy, (tally) => tally.lists), sumOf(accuracy, (tally) => tally.rounds)];
    const bytes = sumOf(accuracy, (tally) => tally.bytes);
    t.diagnostic(`${accuracy}: ${lists} lists, ${rounds} rounds, ${bytes} bytes`);
    assert.ok(accuracy === 'fast' ? rounds === lists : rounds > lists * 1.3);
  }
  assert.ok(counts > 3000, `${counts} counts`);
  assert.ok(sumOf('fast', (tally) => tally.reached.fast) > trials, 'few lists were cut');
});
