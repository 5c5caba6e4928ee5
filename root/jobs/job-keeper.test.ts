import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { TimerWheel } from '../../shared/clock/timer-wheel.ts';
import type { JobEntry } from '../../shared/jobs/job-entry.ts';
import { jobsPartition } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { JobBook } from './job-book.ts';
import { JobKeeper } from './job-keeper.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A root's clock and timers, which go on only when they are told to. */
class World {
  now = 0;
  private readonly wheel = new TimerWheel(0);
  readonly clock = { now: () => this.now };
  readonly timers = {
    at: (at: number, callback: () => void) => {
      const timer = this.wheel.schedule(at, callback);
      return { cancel: () => this.wheel.cancel(timer) };
    },
    afterReading: () => assert.fail('waits for what arrives'),
  };

  async pass(ms: number): Promise<void> {
    for (const end = this.now + ms; this.now < end;) {
      this.now = Math.min(end, this.now + minuteMs);
      this.wheel.advance(this.now);
      for (let i = 0; i < 3; i++) await turn();
    }
  }
}

const spec = { kind: 'deleteByQuery', index: 'films', indexId: 'x7', conflicts: 'count', docsPerSecond: null } as const;
const create: JobEntry = { entry: 'create', catalogOffset: 0, spec, until: [9], atMs: 1 };

// Each row: what the clock of whoever ended the job said, how long after that a root looks, whether the result is still there.
const rows: [situation: string, atMs: number, laterMs: number, isThere: boolean][] = [
  ['an hour later', 0, 3_600_000, true],
  ['almost a day later', 0, dayMs - minuteMs, true],
  ['a day later', 0, dayMs + minuteMs, false],
  ['an hour later, by a clock that was a year behind', -365 * dayMs, 3_600_000, true],
  ['a day later, by a clock that was a year ahead', 365 * dayMs, dayMs + minuteMs, false],
];
for (const [situation, atMs, laterMs, isThere] of rows) {
  test(`JobKeeper: a result, ${situation}`, async (t) => {
    const world = new World();
    const book = new JobBook(new MemoryLog(() => 0), silentTelemetry);
    const keeper = new JobKeeper({ book, clock: world.clock, timers: world.timers, telemetry: silentTelemetry });
    t.after(() => {
      keeper.close();
      book.close();
    });
    const [goesOn, ended] = [await book.append(create), await book.append(create)];
    await book.append({ entry: 'end', job: ended, outcome: 'done', error: null, atMs: Math.max(0, atMs) });
    await world.pass(laterMs);
    await book.catchUp();
    assert.equal(book.jobs.get(ended) !== undefined, isThere);
    assert.notEqual(book.jobs.get(goesOn), undefined, 'one that goes on is never forgotten');
  });
}

test('JobKeeper: a root that comes later counts from when it came', async (t) => {
  const world = new World();
  const log = new MemoryLog(() => 0);
  const before = new JobBook(log, silentTelemetry);
  const id = await before.append(create);
  await before.append({ entry: 'end', job: id, outcome: 'done', error: null, atMs: 1 });
  before.close();
  await world.pass(dayMs);
  const book = new JobBook(log, silentTelemetry);
  const keeper = new JobKeeper({ book, clock: world.clock, timers: world.timers, telemetry: silentTelemetry });
  t.after(() => {
    keeper.close();
    book.close();
  });
  await book.catchUp();
  await world.pass(dayMs - minuteMs);
  assert.notEqual(book.jobs.get(id), undefined);
  await world.pass(2 * minuteMs);
  await book.catchUp();
  assert.equal(book.jobs.get(id), undefined);
});

test('JobKeeper: after 1,000 entries there is a checkpoint, and what stands before it is gone', async (t) => {
  const world = new World();
  const log = new MemoryLog(() => 0);
  const book = new JobBook(log, silentTelemetry);
  const keeper = new JobKeeper({ book, clock: world.clock, timers: world.timers, telemetry: silentTelemetry });
  t.after(() => {
    keeper.close();
    book.close();
  });
  const id = await book.append(create);
  for (let i = 1; i < 1000; i++) {
    if (i === 999) await world.pass(minuteMs);
    assert.deepEqual(await log.earliest([jobsPartition]), [0]);
    await book.append({ entry: 'control', job: id, wanted: i % 2 === 1 ? 'pause' : 'run' });
  }
  await world.pass(minuteMs);
  assert.deepEqual(await log.earliest([jobsPartition]), [1000]);
  assert.equal(book.jobs.get(id)?.wanted, 'pause');
});

test('JobKeeper: where nothing happens for an hour they are written down too, so that nothing of before stays in the log', async (t) => {
  const world = new World();
  const log = new MemoryLog(() => 0);
  const book = new JobBook(log, silentTelemetry);
  const keeper = new JobKeeper({ book, clock: world.clock, timers: world.timers, telemetry: silentTelemetry });
  t.after(() => {
    keeper.close();
    book.close();
  });
  for (let minute = 0; minute < 61; minute++) await world.pass(minuteMs);
  assert.deepEqual(await log.heads([jobsPartition]), [-1], 'where there are none nothing is written');
  const id = await book.append(create);
  for (let minute = 0; minute < 60; minute++) await world.pass(minuteMs);
  assert.deepEqual(await log.earliest([jobsPartition]), [0]);
  await world.pass(minuteMs);
  assert.deepEqual(await log.earliest([jobsPartition]), [1]);
  for (let minute = 0; minute < 62; minute++) await world.pass(minuteMs);
  assert.deepEqual(await log.earliest([jobsPartition]), [2]);
  assert.equal(book.jobs.get(id)?.wanted, 'run');
});
