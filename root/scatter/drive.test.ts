import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RefreshTask } from '../../shared/protocol/tasks/refresh.ts';
import { Defence } from './defence.ts';
import { driveScatter, type LeafPort, type TaskOutcome } from './drive.ts';
import type { HedgeCounts } from './scatter.ts';

type Receive = (outcome: TaskOutcome<RefreshTask>) => void;

/** Time, timers and leaves by hand: shard 0 is on a and b, what is late is so after 50 ms, the round ends at 1000. */
function drive(caller = new AbortController()) {
  let now = 0;
  const timers = new Map<() => void, number>();
  const readings = new Set<() => void>();
  const sent: string[] = [];
  const waiting = new Map<string, Receive>();
  const remaining: number[] = [];
  const hedges: HedgeCounts[] = [];
  const times: number[] = [];
  const defence = new Defence({ hedging: true, onHedges: (counts) => void hedges.push(counts) });
  defence.hedgeDelays.record = (_class, tookMs) => void times.push(tookMs);
  const send = (leaf: string, task: RefreshTask, onOutcome: Receive): { cancel: () => void } => {
    sent.push(leaf);
    remaining.push(task.remainingMs);
    waiting.set(leaf, onOutcome);
    return { cancel: () => waiting.delete(leaf) };
  };
  const gathered = driveScatter<RefreshTask>(
    {
      clock: { now: () => now },
      timers: {
        at: (at, callback) => {
          timers.set(callback, at);
          return { cancel: () => timers.delete(callback) };
        },
        afterReading: (callback) => {
          readings.add(callback);
          return { cancel: () => readings.delete(callback) };
        },
      },
      leaves: { send: send as LeafPort['send'] },
      defence,
    },
    {
      candidates: new Map([[0, ['a', 'b']]]),
      deadline: 1000,
      coverageMin: 1,
      taskClass: 'x',
      makeTask: (shards, remainingMs) => ({ kind: 'refresh', index: 'x', shards, remainingMs }),
      signal: caller.signal,
    },
  );
  return {
    sent,
    remaining,
    hedges,
    times,
    gathered,
    waiting,
    leave: () => caller.abort(new Error('left')),
    /** The thread comes to its timers at this time, and to its sockets only then. */
    fireTimers: (at: number): void => {
      now = at;
      for (const [callback, due] of timers) {
        if (due > now) continue;
        timers.delete(callback);
        callback();
      }
    },
    answer: (leaf: string): void => {
      const partial = { kind: 'refresh', shards: [0], failures: [], documents: 0, offsets: {} } as const;
      waiting.get(leaf)!({ ok: true, partial, body: new Uint8Array(), sizeBytes: 0 });
    },
    endReading: (): void => {
      for (const callback of readings) callback();
      readings.clear();
    },
    pending: () => timers.size + readings.size,
  };
}

test('drive: a thread that was busy reads its sockets before it hedges', async () => {
  const { sent, gathered, fireTimers, answer, endReading, pending } = drive();
  fireTimers(80);
  answer('a');
  endReading();
  assert.deepEqual(sent, ['a']);
  assert.deepEqual((await gathered).answered, [0]);
  assert.equal(pending(), 0);
});

test('drive: what is late after the reading is hedged', async () => {
  const { sent, gathered, fireTimers, answer, endReading, pending } = drive();
  fireTimers(80);
  assert.deepEqual(sent, ['a']);
  endReading();
  assert.deepEqual(sent, ['a', 'b']);
  answer('b');
  assert.deepEqual((await gathered).answered, [0]);
  assert.equal(pending(), 0);
});

test('drive: the end of a round waits for no reading', async () => {
  const { gathered, fireTimers, pending } = drive();
  fireTimers(1000);
  assert.deepEqual(
    (await gathered).failures.map(({ code }) => code),
    ['LEAF_TIMEOUT'],
  );
  assert.equal(pending(), 0);
});

test('drive: a task is told the time that is left when it is sent', () => {
  const { remaining, fireTimers, endReading } = drive();
  fireTimers(80);
  endReading();
  assert.deepEqual(remaining, [1000, 920]);
});

// Left out, the slowest would vanish from what is known of the class, and ever more would be late.
test('drive: the time of one that lost after it was late counts as the time it had taken', () => {
  const { times, fireTimers, answer, endReading } = drive();
  fireTimers(80);
  endReading();
  fireTimers(90);
  answer('b');
  assert.deepEqual(times, [10, 90]);
});

test('drive: a caller that leaves: what is open is cancelled, and hedges are counted', async () => {
  const { hedges, waiting, gathered, fireTimers, endReading, leave, pending } = drive();
  fireTimers(80);
  endReading();
  leave();
  await assert.rejects(gathered, { message: 'left' });
  assert.equal(waiting.size, 0);
  assert.equal(pending(), 0);
  assert.deepEqual(hedges, [{ issued: 1, won: 0, wasted: 1, refused: 0 }]);
});

test('drive: for a caller that has left already nobody is asked', async () => {
  const caller = new AbortController();
  caller.abort(new Error('left'));
  const { sent, gathered, pending } = drive(caller);
  await assert.rejects(gathered, { message: 'left' });
  assert.deepEqual([sent, pending()], [[], 0]);
});
