import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { index as known } from '../../tests/service/fake-leaf.ts';
import type { Lag } from './replica-lags.ts';
import { WriteGate } from './write-gate.ts';

const lagMaxMs = 10_000;
const now = 100_000;
const index: IndexDefinition = { ...known, shards: 2 };

/** For how long each replica of shard 1 has lacked something: of a, then b; null where it lacks nothing. */
function gateOf(behindMs: readonly (number | null)[], at = { now }): { gate: WriteGate; heldBack: () => number } {
  const leaves = ['a', 'b'].slice(0, behindMs.length);
  let heldBack = 0;
  const gate = new WriteGate({
    clock: { now: () => at.now },
    directory: {
      readyOwners: () => [leaves, leaves],
      lagsOf: (leaf) => {
        const ms = behindMs[leaves.indexOf(leaf)] ?? null;
        return new Map<number, Lag>(ms === null ? [] : [[1, { offset: 3, behind: 5, since: now - ms }]]);
      },
    },
    lagMaxMs,
    onHeldBack: () => heldBack++,
  });
  return { gate, heldBack: () => heldBack };
}

// Each row: how far the replicas of shard 1 are behind, the partition written, what is said.
const rows: [name: string, behindMs: (number | null)[], partition: number, expected: string | null][] = [
  ['nobody lags', [null, null], 1, null],
  ['both lag a little', [9000, 10_000], 1, null],
  ['one keeps up', [60_000, null], 1, null],
  ['one lags less than it may', [60_000, 500], 1, null],
  ['both lag too far', [60_000, 10_001], 1, 'REPLICAS_BEHIND'],
  ['the only one lags too far', [10_001], 1, 'REPLICAS_BEHIND'],
  ['another shard is written', [60_000, 60_000], 0, null],
  ['there is no replica', [], 1, null],
];
for (const [name, behindMs, partition, expected] of rows) {
  test(`WriteGate: ${name}`, () => {
    const { gate, heldBack } = gateOf(behindMs);
    const error = gate.obstacle(index, () => [`${index.id}/${partition}`]);
    assert.deepEqual([error?.code ?? null, heldBack()], [expected, expected === null ? 0 : 1]);
  });
}

test('WriteGate: a request that has begun goes on for a while, and not for ever', () => {
  const at = { now: now - 2000 };
  const behindMs: (number | null)[] = [null];
  const ask = gateOf(behindMs, at).gate.ofRequest(index);
  const told = () => ask(() => [`${index.id}/1`])?.code ?? null;
  assert.equal(told(), null);
  behindMs[0] = 20_000;
  at.now = now;
  assert.equal(told(), null);
  at.now = now - 2000 + lagMaxMs;
  assert.equal(told(), 'REPLICAS_BEHIND');
});
