import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseWork, pendingBytesMax, segmentsMax, shardPendingBytesMax, type ShardWork } from './choose-work.ts';

type Shard = ShardWork & { readonly name: string };

function shard(name: string, changes: Partial<ShardWork> = {}): Shard {
  const idle = {
    pendingBytes: 0,
    pendingSince: null,
    wanted: false,
    segments: 1,
    mergeDue: false,
    settlingSince: null,
    dirtySince: null,
  };
  return { name, ...idle, ...changes };
}

const pending = (since: number, bytes = 10): Partial<ShardWork> => ({ pendingSince: since, pendingBytes: bytes });
const nearlyFull = pending(1000, shardPendingBytesMax);
const many = [...Array(1 + pendingBytesMax / shardPendingBytesMax).keys()].map((i) => shard(`s${i}`, nearlyFull));

// Each row: the shards at 1,000 ms with a refresh after 200 and a commit after 5,000, and the work chosen.
const rows: [name: string, shards: Shard[], expected: string][] = [
  ['nothing to do', [], 'wait null'],
  ['idle shards', [shard('a')], 'wait null'],
  ['waits for the first that is due', [shard('a', pending(900)), shard('b', { dirtySince: 0 })], 'wait 100'],
  ['a time of zero is a time', [shard('a', pending(0))], 'refresh a'],
  ['due', [shard('a', pending(800))], 'refresh a'],
  ['the oldest first', [shard('a', pending(790)), shard('b', pending(780)), shard('c', pending(780))], 'refresh b'],
  ['a search waits', [shard('a', pending(700)), shard('b', { ...pending(999), wanted: true })], 'refresh b'],
  ['much pending', [shard('a', pending(800)), shard('b', pending(1000, shardPendingBytesMax + 1))], 'refresh b'],
  ['much pending in all', [...many, shard('m', pending(1000, shardPendingBytesMax))], 'refresh s0'],
  ['a refresh before a commit', [shard('a', { dirtySince: -5000 }), shard('b', pending(800))], 'refresh b'],
  ['a late commit before a refresh', [shard('a', { dirtySince: -9000 }), shard('b', pending(800))], 'commit a'],
  ['a commit before a merge', [shard('a', { mergeDue: true }), shard('b', { dirtySince: -4000 })], 'commit b'],
  ['a merge in a quiet moment', [shard('a', { mergeDue: true }), shard('b', pending(900))], 'merge a'],
  ['a refresh before a merge', [shard('a', { mergeDue: true }), shard('b', pending(800))], 'refresh b'],
  ['a shard that was left alone settles', [shard('a', { settlingSince: -9000 })], 'settle a'],
  ['a shard that changed lately waits', [shard('a', { settlingSince: -8500 })], 'wait 500'],
  ['a due merge before settling', [shard('a', { settlingSince: -9000 }), shard('b', { mergeDue: true })], 'merge b'],
  ['a commit before settling', [shard('a', { settlingSince: -9000, dirtySince: -4000 })], 'commit a'],
  [
    'a merge before more segments pile up',
    [shard('a', { mergeDue: true, segments: segmentsMax }), shard('b', pending(800))],
    'merge a',
  ],
];

for (const [name, shards, expected] of rows) {
  test(`chooseWork: ${name}`, () => {
    const work = chooseWork(shards, 1000, { refreshMs: 200, commitMs: 5000 });
    assert.equal(`${work.kind} ${work.kind === 'wait' ? work.ms : work.shard.name}`, expected);
  });
}
