import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTrial, type Tallies } from './trials.ts';

const trials = 40;

test('missing shards: the truth is within all bounds, and within estimates as often as they say', (t) => {
  const seed = 930_000;
  t.diagnostic(`seed ${seed}, ${trials} trials`);
  const tallies: Tallies = new Map();
  for (let trial = 0; trial < trials; trial++) runTrial(seed + trial, tallies);
  const all = [...tallies.values()];
  const sum = (of: (typeof all)[number][keyof (typeof all)[number]][]): number =>
    of.reduce((total, each) => total + each, 0);
  const estimated = sum(all.map((each) => each.estimated));
  const covered = sum(all.map((each) => each.covered));
  const bounded = sum(all.map((each) => each.bounded));
  const width = sum(all.map((each) => each.frequentWidth)) / sum(all.map((each) => each.frequentWidthKnown));
  t.diagnostic(`${bounded} bounds; ${covered} of ${estimated} estimates; width ${width.toFixed(3)}`);
  assert.ok(bounded > 5000 && estimated > 500);
  assert.ok(covered / estimated > 0.93 && covered / estimated < 0.98);
  assert.ok(width < 1.1);
});
