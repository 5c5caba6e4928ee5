import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lag } from '../freshness/replica-lags.ts';
import type { Priority } from '../../shared/protocol/priority.ts';
import type { LineLimits } from '../scatter/leaf-book.ts';
import type { LeafView } from '../scatter/replica-choice.ts';
import { viewOwners } from './view-owners.ts';

const now = 10_000;

// Each row: since when b lacks what comes after offset 5, in which condition b is, what is asked of the shard, and how b is seen.
const rows: [
  name: string,
  since: number | null,
  condition: LeafView['condition'],
  asked: { at?: number; floor?: number },
  expected: LeafView['condition'],
][] = [
  ['it lacks nothing', null, 'good', { at: 9 }, 'good'],
  ['it lacks what has just come', now - 100, 'good', {}, 'good'],
  ['it has lacked something for long', now - 2001, 'good', {}, 'behind'],
  ['it has what the token asks for', now - 100, 'good', { at: 5 }, 'good'],
  ['it lacks what the token asks for', now - 100, 'good', { at: 6 }, 'behind'],
  ['it is below the floor', now - 1500, 'good', { floor: 6 }, 'behind'],
  ['it is silent besides', now - 5000, 'silent', {}, 'silent'],
  ['it is busy', null, 'busy', {}, 'busy'],
  ['it is busy besides', now - 5000, 'busy', {}, 'behind'],
  ['it is silent, and had a line', null, 'silent', {}, 'silent'],
];
for (const [name, since, condition, asked, expected] of rows) {
  test(`viewOwners: ${name}`, () => {
    const lags = new Map<number, Lag>(since === null ? [] : [[1, { offset: 5, behind: 3, since }]]);
    const view = (leaf: string): LeafView => {
      const isB = leaf === 'b' && condition !== 'busy';
      return { name: leaf, inFlight: 0, latencyMs: 1, inFlightMax: 9, condition: isB ? condition : 'good' };
    };
    // A quarter of the time that is left is where a line is too long that stands, half where it does not.
    const busierThan = ({ standingMs, burstMs }: LineLimits, priority: Priority): ReadonlySet<string> => {
      assert.deepEqual([standingMs, burstMs, priority], [25, 50, 'interactive']);
      return new Set(condition === 'good' ? [] : ['b']);
    };
    const owners = viewOwners(
      {
        clock: { now: () => now },
        defence: { book: { view, busierThan } },
        directory: {
          readyOwners: () => [
            ['a', 'b'],
            ['a', 'b'],
          ],
          lagsOf: (leaf) => (leaf === 'b' ? lags : new Map()),
        },
      },
      {
        index: { id: 'x0', shards: 2 },
        shards: [0, 1],
        at: asked.at === undefined ? {} : { 1: asked.at },
        floor: asked.floor === undefined ? {} : { 1: asked.floor },
        priority: 'interactive',
        leftMs: 100,
      },
    );
    const shown = [...owners].map(([shard, views]) => [shard, ...views.map((each) => each.condition)]);
    assert.deepEqual(shown, [
      [0, 'good', condition],
      [1, 'good', expected],
    ]);
  });
}
