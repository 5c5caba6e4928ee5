import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease } from '../../shared/lease/lease-entry.ts';
import { PresentRoots, presenceLease, readerOf } from './present-roots.ts';

const lease = (name: string, revision: number): Lease => ({ name, holder: 'h', token: 0, revision, ttlMs: 5000 });

test('PresentRoots: a root is there as long as its lease is renewed, by the clock of who looks', () => {
  let nowMs = 0;
  const present = new PresentRoots({ now: () => nowMs });
  const seen: string[] = [];
  const look = (atMs: number, ...leases: Lease[]): void => {
    nowMs = atMs;
    seen.push(present.look(leases).join(' '));
  };
  const [a, b] = [presenceLease('a'), presenceLease('b')];
  look(0, lease(a, 1), lease(b, 2), lease('job/1', 3));
  look(4999, lease(a, 4), lease(b, 2));
  look(5000, lease(a, 4), lease(b, 2));
  look(6000, lease(a, 4), lease(b, 7));
  look(7000, lease(a, 4));
  assert.deepEqual(seen, ['a b', 'a b', 'a', 'a b', 'a']);
});

test('readerOf: all lanes are shared out, and only those of a root that goes change hands', () => {
  const roots = ['a', 'b', 'c', 'd'];
  const lanes = Array.from({ length: 400 }, (_, i) => `lane ${i}`);
  const of = (all: readonly string[]): (string | undefined)[] => lanes.map((lane) => readerOf(lane, all));
  const [before, after] = [of(roots), of(['c', 'a', 'd'])];
  for (const root of roots) {
    const share = before.filter((each) => each === root).length;
    assert.ok(share > 60 && share < 140, `${root} has ${share}`);
  }
  assert.ok(before.every((root, i) => root === 'b' || root === after[i]));
  assert.ok(!after.includes('b'));
  assert.equal(readerOf('lane', []), undefined);
});
