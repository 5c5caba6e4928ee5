import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import type { Members } from '../../shared/protocol/reports.ts';
import { Relay } from './relay.ts';
import { Roster } from './roster.ts';

/** A roster of a, b, c; what is told to c. */
function tell() {
  const roster = new Roster();
  const relay = new Relay('c');
  const sequences = new Map<string, number>();
  roster.discovered(new Set(['a', 'b', 'c']), 0);
  const heard = (leaf: string, now: number, offset = 0, draining = false): void => {
    const sequence = (sequences.get(leaf) ?? 0) + 1;
    sequences.set(leaf, sequence);
    const replicas = replicasOf([{ index: 'x', shard: 0, state: 'ready', offset, documents: 0 }]);
    const report = { leaf, incarnation: 1, sequence, queued: 0, replicas, ...(draining ? { draining } : {}) };
    roster.heard(report, { host: leaf, port: 1 }, now);
  };
  const told = (now: number): string | null => inWords(relay.next(roster, roster.ring(now), now));
  return { roster, relay, heard, told };
}

/** `a b c | a1 b!2`: the ring, then news with its sequence, `!` where the leaf is gone. */
function inWords(members: Members | null): string | null {
  if (members === null) return null;
  const news = members.peers.map((peer) => `${peer.leaf}${'gone' in peer ? '!' : ''}${peer.sequence}`);
  return `${members.leaves.join(' ')} | ${news.join(' ')}`.trim();
}

test('Relay: the first frame has everything, of others', () => {
  const { heard, told } = tell();
  heard('a', 0);
  heard('c', 0);
  assert.equal(told(0), 'a b c | a1');
  assert.equal(told(1), null);
});

test('Relay: zones of those that were heard, and again when one is in another', () => {
  const roster = new Roster();
  const relay = new Relay('c');
  roster.discovered(new Set(['a', 'b', 'c']), 0);
  const zones = (): unknown => relay.next(roster, roster.ring(0), 0)?.zones;
  const heard = (leaf: string, sequence: number, zone?: string): void => {
    const report = { leaf, incarnation: 1, sequence, queued: 0, replicas: replicasOf([]) };
    roster.heard({ ...report, ...(zone === undefined ? {} : { zone }) }, { host: leaf, port: 1 }, 0);
  };
  heard('a', 1, 'x');
  heard('c', 1);
  assert.deepEqual(zones(), { a: 'x', c: null });
  heard('b', 1, 'y');
  assert.deepEqual(zones(), { a: 'x', b: 'y', c: null });
  assert.equal(zones(), undefined);
  heard('c', 2, 'z');
  assert.deepEqual(zones(), { a: 'x', b: 'y', c: 'z' });
  roster.lost('a', 0);
  assert.equal(zones(), undefined);
  heard('b', 1, 'old');
  assert.equal(zones(), undefined);
});

test('Relay: the first frame comes even when there is nothing to tell of others', () => {
  const { told } = tell();
  assert.equal(told(0), 'a b c |');
});

test('Relay: urgent news goes at once, the rest every two seconds', () => {
  const { roster, relay, heard, told } = tell();
  heard('a', 0);
  assert.equal(relay.nextAt(roster), Infinity);
  told(0);
  heard('a', 100, 7);
  assert.equal(told(100), null);
  assert.equal(relay.nextAt(roster), 2000);
  heard('b', 200);
  assert.equal(told(200), 'a b c | b1');
  assert.equal(told(1999), null);
  assert.equal(told(2000), 'a b c | a2');
  assert.equal(relay.nextAt(roster), Infinity);
  heard('a', 2100, 7, true);
  assert.equal(told(2100), 'b c | a3');
});

test('Relay: a leaf that is gone is told once, by a word that beats its last, and again when it is back', () => {
  const { roster, heard, told } = tell();
  heard('a', 0);
  told(0);
  roster.lost('a', 10);
  assert.equal(told(1009), null);
  assert.equal(told(1010), 'a b c | a!2');
  assert.equal(told(9000), null);
  heard('a', 9001);
  assert.equal(told(9001), 'a b c | a2');
});

test('Relay: a leaf that drained and ended is gone at once', () => {
  const { roster, heard, told } = tell();
  heard('a', 0, 0, true);
  assert.equal(told(0), 'b c | a1');
  roster.lost('a', 10);
  assert.equal(told(10), 'b c | a!2');
});

test('Relay: a leaf that says less than is known of it is told so, once for each word it is outdated by', () => {
  const { roster, heard, told } = tell();
  heard('c', 0);
  heard('c', 0);
  assert.equal(told(0), 'a b c |');
  const again = { leaf: 'c', incarnation: 1, sequence: 1, queued: 0, replicas: replicasOf([]) };
  roster.heard(again, { host: 'c', port: 1 }, 10);
  assert.equal(told(10), 'a b c | c!2');
  assert.equal(told(11), null);
  roster.heard({ ...again, incarnation: 2 }, { host: 'c', port: 1 }, 20);
  assert.equal(told(20), null);
});

test('Relay: a ring that changed is told without any news', () => {
  const { heard, told } = tell();
  heard('c', 0);
  told(0);
  assert.equal(told(30_000), 'c |');
});
