import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OffsetsByShard } from '../../shared/protocol/tasks/task.ts';
import { makeSnapshot } from '../snapshot/snapshot.ts';
import { Pins } from '../snapshot/pins.ts';
import { chooseShards, mustWait, type AskedReplica } from './choose-shards.ts';
import { waitingMs } from './waiting-signal.ts';

/** A replica at an offset that gets as far as `later` when it is waited for. */
function replica(offset: number, later = offset, isReady = true): AskedReplica {
  const made = {
    isReady,
    offset,
    snapshot: makeSnapshot([], offset),
    reach: async (asked: number) => {
      made.offset = later;
      made.snapshot = makeSnapshot([], later);
      return later >= asked;
    },
  };
  return made;
}

const makePins = (countMax: number): Pins => new Pins({ keepMs: 100, countMax, bytesMax: 0, current: () => [] });
const noPins = makePins(0);

/** A replica whose log is another one now: it has entries, and none of that log. */
function replicaOfOtherLog(offset: number): AskedReplica {
  return { ...replica(offset), offset: -1, reach: async () => false };
}

function replicaThatGoes(offset: number): AskedReplica {
  const made = {
    isReady: true,
    offset,
    snapshot: makeSnapshot([], offset),
    reach: async () => {
      made.isReady = false;
      return false;
    },
  };
  return made;
}

// Each row: replicas by shard, shards asked, offsets asked; who answers at which offset, who fails why.
const rows: [
  name: string,
  replicas: AskedReplica[],
  shards: number[],
  at: OffsetsByShard,
  waits: boolean,
  expected: string,
][] = [
  ['all here', [replica(3), replica(4)], [1, 0], {}, false, '0@3 1@4'],
  ['one is not here', [replica(3)], [0, 1], {}, false, '0@3 1:SHARD_NOT_HERE'],
  ['one is loading', [replica(3), replica(4, 4, false)], [0, 1], {}, false, '0@3 1:SHARD_NOT_HERE'],
  ['has what was asked', [replica(3)], [0], { 0: 3 }, false, '0@3'],
  ['gets there', [replica(3, 7)], [0], { 0: 5 }, true, '0@7'],
  ['does not get there', [replica(3, 4), replica(9)], [0, 1], { 0: 5, 1: 9 }, true, '1@9 0:NOT_CAUGHT_UP'],
  ['goes away meanwhile', [replicaThatGoes(3)], [0], { 0: 5 }, true, '0:SHARD_NOT_HERE'],
  ['has the offset of another log', [replicaOfOtherLog(3)], [0], { 0: 2 }, true, '0:NOT_CAUGHT_UP'],
  ['another log, no offset asked', [replicaOfOtherLog(3)], [0], {}, false, '0@3'],
  ['an offset of a shard not asked', [replica(3)], [0], { 1: 5 }, false, '0@3'],
];

for (const [name, replicas, shards, at, waits, expected] of rows) {
  test(`chooseShards: ${name}`, async () => {
    const task = { index: 'x0', shards, at };
    const find = (_indexId: string, shard: number): AskedReplica | undefined => replicas[shard];
    assert.equal(mustWait({ task, find }), waits);
    const chosen = await chooseShards({
      task,
      find,
      pins: noPins,
      held: noPins,
      waitingEnds: new AbortController().signal,
      now: () => 0,
    });
    const words = [
      ...chosen.shards.map(({ shard, snapshot }) => `${shard}@${snapshot.offset}`),
      ...chosen.failures.map(({ shard, code }) => `${shard}:${code}`),
    ];
    assert.equal(words.join(' '), expected);
  });
}

// Each row: offset that replica 0 has, states kept before, exact offset asked, room for states; who answers or why not.
const exactRows: [
  name: string,
  present: number,
  kept: number[],
  exact: number | null,
  room: number,
  expected: string,
][] = [
  ['the present state is kept', 5, [], null, 1, '0@5'],
  ['no room for it', 5, [], null, 0, '0:PINS_TOO_MANY'],
  ['a state kept before', 9, [5], 5, 1, '0@5'],
  ['the present state is the one asked', 5, [], 5, 1, '0@5'],
  ['a state that passed', 9, [], 5, 1, '0:PIN_GONE'],
  ['a state to come', 3, [], 5, 1, '0:PIN_GONE'],
  ['nothing was there', -1, [], -1, 1, '0@-1'],
];
for (const [name, present, kept, exact, room, expected] of exactRows) {
  test(`chooseShards: ${name}`, async () => {
    const pins = makePins(room);
    for (const offset of kept) pins.keep({ indexId: 'x0', shard: 0, offset }, makeSnapshot([], offset), 0);
    const task = { index: 'x0', shards: [0], pin: true, ...(exact === null ? {} : { exact: { 0: exact } }) };
    const replicas = [replica(present)];
    const find = (_indexId: string, shard: number): AskedReplica | undefined => replicas[shard];
    const waitingEnds = new AbortController().signal;
    const { shards, failures } = await chooseShards({ task, find, pins, held: noPins, waitingEnds, now: () => 50 });
    const words = [...shards.map(({ snapshot }) => `0@${snapshot.offset}`), ...failures.map(({ code }) => `0:${code}`)];
    assert.equal(words.join(' '), expected);
    const offset = exact ?? present;
    const isKept = pins.find({ indexId: 'x0', shard: 0, offset }, 120) !== undefined;
    assert.equal(isKept, shards.length > 0, 'what answered is kept from then on');
  });
}

test('chooseShards: a state kept here is served though the replica has gone', async () => {
  const pins = makePins(1);
  pins.keep({ indexId: 'x0', shard: 0, offset: 5 }, makeSnapshot([], 5), 0);
  const waitingEnds = new AbortController().signal;
  const task = { index: 'x0', shards: [0], exact: { 0: 5 } };
  const { shards } = await chooseShards({ task, find: () => undefined, pins, held: noPins, waitingEnds, now: () => 1 });
  assert.equal(shards[0]?.snapshot.offset, 5);
});

test('chooseShards: a state is held for a later round, and where there is no room the shard answers all the same', async () => {
  const held = makePins(1);
  const replicas = [replica(5), replica(6)];
  const find = (_indexId: string, shard: number): AskedReplica | undefined => replicas[shard];
  const common = { find, pins: noPins, held, waitingEnds: new AbortController().signal, now: () => 0 };
  const first = await chooseShards({ ...common, task: { index: 'x0', shards: [0, 1], hold: true } });
  assert.deepEqual([first.shards.length, first.failures], [2, []]);
  replicas.fill(replica(9));
  const { shards, failures } = await chooseShards({
    ...common,
    task: { index: 'x0', shards: [0, 1], hold: true, exact: { 0: 5, 1: 6 } },
  });
  assert.deepEqual(
    [shards.map(({ shard, snapshot }) => `${shard}@${snapshot.offset}`), failures],
    [['0@5'], [{ shard: 1, code: 'PIN_GONE' }]],
  );
});

test('chooseShards: a shard that has another state than its counts', async () => {
  const waitingEnds = new AbortController().signal;
  const task = { index: 'x0', shards: [0, 1, 2], countedAt: { 0: 5, 1: 4, 2: 6 } };
  const find = (): AskedReplica => replica(5);
  const { shards, failures } = await chooseShards({
    task,
    find,
    pins: noPins,
    held: noPins,
    waitingEnds,
    now: () => 0,
  });
  assert.deepEqual(
    [shards.map(({ shard }) => shard), failures.map(({ shard, code }) => `${shard} ${code}`)],
    [[0], ['1 COUNTS_STALE', '2 COUNTS_STALE']],
  );
});

test('chooseShards: a replica below the floor fails at once, of a state that was kept too', async () => {
  const waitingEnds = new AbortController().signal;
  const task = { index: 'x0', shards: [0, 1, 2], floor: { 0: 5, 1: 6 } };
  const find = (): AskedReplica => replica(5);
  const { shards, failures } = await chooseShards({
    task,
    find,
    pins: noPins,
    held: noPins,
    waitingEnds,
    now: () => 0,
  });
  assert.deepEqual(
    [shards.map(({ shard }) => shard), failures],
    [[0, 2], [{ shard: 1, code: 'REPLICA_STALE', detail: { asked: 6, actual: 5 } }]],
  );
  const pinned = { index: 'x0', shards: [0], exact: { 0: 5 }, floor: { 0: 6 } };
  const chosen = await chooseShards({ task: pinned, find, pins: noPins, held: noPins, waitingEnds, now: () => 0 });
  assert.deepEqual([chosen.shards, chosen.failures[0]?.code], [[], 'REPLICA_STALE']);
});

// Milliseconds that remain, and how many of them a task may wait.
const waits: [remainingMs: number, expected: number][] = [
  [-5, 0],
  [0, 0],
  [10, 5],
  [50, 40],
  [100, 90],
  [1000, 900],
];
for (const [remainingMs, expected] of waits) {
  test(`waitingMs: ${expected} of ${remainingMs}`, () => {
    assert.equal(waitingMs(remainingMs), expected);
  });
}
