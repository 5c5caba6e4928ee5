/** How tasks end, as the desk counts them and as who asked is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { leafKinds } from '../kinds/leaf-kinds.ts';
import { Cancelled, dropped } from '../schedule/run-job.ts';
import { Scheduler } from '../schedule/scheduler.ts';
import { RecentSearches } from './recent-searches.ts';
import type { SearchStages } from '../search.ts';
import { Pins } from '../snapshot/pins.ts';
import { emptySnapshot } from '../snapshot/snapshot.ts';
import { TaskDesk } from './task-desk.ts';

const task = { kind: 'search', index: 'x0', shards: [0], remainingMs: 1000, query: { kind: 'all' }, k: 1, sort: [] };
const whole = { ...task, source: true, aggregations: {} };

/** A desk over a replica of no documents. Time passes by 5 ms a task; a fault, if there is one, comes before any other. */
function makeDesk(fault: unknown = null, tasks: PromiseLike<void> | null = null) {
  let now = 0;
  const clock = { now: () => now };
  const scheduler: Scheduler = new Scheduler({ clock, wake: () => void setImmediate(() => scheduler.turn()) });
  const stages: SearchStages = {
    kinds: leafKinds,
    clock,
    scheduler,
    pins: new Pins({ keepMs: 1000, countMax: 10, bytesMax: 1e6, current: () => [] }),
    held: new Pins({ keepMs: 1000, countMax: 10, bytesMax: 1e6, current: () => [] }),
    caches: new QueryCaches(),
    recentSearches: new RecentSearches(),
    cameAfter: (at) => {
      now += 5;
      if (fault !== null) throw fault;
      return at;
    },
    find: () => ({
      isReady: tasks === null,
      offset: 0,
      snapshot: emptySnapshot,
      reach: async () => {
        await tasks;
        return true;
      },
    }),
  };
  const ends: string[] = [];
  const errors: unknown[] = [];
  const desk = new TaskDesk({
    stages,
    telemetry: { ...silentTelemetry, error: (error: unknown) => errors.push(error) },
    onEnd: ({ kind }, end, tookMs, timing) => {
      ends.push(`${kind} ${end} ${tookMs} ms${timing === undefined ? '' : ' timed'}`);
    },
  });
  return { desk, ends, errors, scheduler };
}

const signal = new AbortController().signal;

test('TaskDesk: the job of a task is of the search that the task is one of several of', async (t) => {
  const { desk, scheduler } = makeDesk();
  const submit = t.mock.method(scheduler, 'submit');
  await desk.answer(whole, signal);
  await desk.answer({ ...whole, group: 'g' }, signal);
  assert.deepEqual(
    submit.mock.calls.map(({ arguments: [job] }) => job?.group),
    [undefined, 'g'],
  );
});

test('TaskDesk: a batch task is told of searches that came lately, and of no other batch task', async () => {
  const { desk } = makeDesk();
  const batch = { ...whole, priority: 'batch' };
  const told = async (asked: object): Promise<boolean> =>
    'besideSearches' in (await desk.answer(asked, signal)).partial;
  assert.deepEqual(
    [await told(batch), await told(batch), await told(whole), await told(batch)],
    [false, false, false, true],
  );
  // A task takes 5 ms here.
  let tasks = 0;
  while (await told(batch)) tasks++;
  assert.ok(tasks > 50 && tasks <= 200, `${tasks} tasks after the search`);
});

// Each row: what goes wrong, how the task ended, what who asked is told, whether the fault is told to who runs the leaf.
const rows: [name: string, fault: unknown, end: string, told: string, isTelemetry: boolean][] = [
  ['it was cancelled before any work', new Cancelled(false), 'withdrawn', 'Error', false],
  ['it was cancelled after work was done', new Cancelled(true), 'cancelled', 'Error', false],
  ['its time was over before any work', dropped('LEAF_TIMEOUT', 'overdue'), 'overdue', 'LEAF_TIMEOUT', false],
  ['it came too late after a stall', dropped('LEAF_BUSY', 'overdue'), 'overdue', 'LEAF_BUSY', false],
  ['batch work gave way', dropped('LEAF_BUSY', 'shed'), 'shed', 'LEAF_BUSY', false],
  ['no shard was done in time', new SheafError('LEAF_TIMEOUT'), 'expired', 'LEAF_TIMEOUT', false],
  ['the line was full', new SheafError('LEAF_BUSY'), 'refused', 'LEAF_BUSY', false],
  ['the leaf stops', new SheafError('NOT_READY'), 'refused', 'NOT_READY', false],
  ['another fault of the table', new SheafError('INDEX_NOT_FOUND'), 'failed', 'INDEX_NOT_FOUND', false],
  ['a fault of the programme', new TypeError('oops'), 'failed', 'INTERNAL', true],
];
for (const [name, fault, end, told, isTelemetry] of rows) {
  test(`TaskDesk: ${name}: ${end}`, async () => {
    const { desk, ends, errors } = makeDesk(fault);
    const error = await desk.answer(whole, signal).then(
      () => assert.fail('answered'),
      (reason: Error) => reason,
    );
    assert.equal(error instanceof SheafError ? error.code : error.name, told);
    assert.deepEqual(ends, [`search ${end} 5 ms`]);
    assert.equal(errors.length > 0, isTelemetry);
    assert.equal(desk.count, 0);
  });
}

test('TaskDesk: an answer is counted once, with its timing where the task asked for it', async () => {
  const { desk, ends } = makeDesk();
  const { partial } = await desk.answer(whole, signal);
  assert.deepEqual([partial.shards, partial.failures], [[0], []]);
  await desk.answer({ ...whole, profile: true }, signal);
  assert.deepEqual(ends, ['search answered 5 ms', 'search answered 5 ms timed']);
  assert.equal(desk.count, 0);
});

test('TaskDesk: what cannot be read is a fault of who sent it, and no task', async () => {
  const { desk, ends } = makeDesk();
  await assert.rejects(desk.answer({ kind: 'poem' }, signal), SheafError);
  assert.deepEqual([ends, desk.count], [[], 0]);
});

test('TaskDesk: once closed it takes nothing more', async () => {
  const { desk, ends } = makeDesk();
  desk.close();
  await assert.rejects(desk.answer(whole, signal), { code: 'NOT_READY' });
  assert.deepEqual(ends, ['search refused 0 ms']);
});

test('TaskDesk: of a thousand tasks that wait each is here, and one more is refused by its number', async () => {
  const replica = Promise.withResolvers<void>();
  const { desk, ends } = makeDesk(null, replica.promise);
  const waiting = Array.from({ length: 1000 }, () => desk.answer({ ...whole, at: { 0: 1 } }, signal));
  assert.equal(desk.count, 1000);
  await assert.rejects(desk.answer(whole, signal), { code: 'LEAF_BUSY', detail: { limit: 1000, actual: 1001 } });
  assert.deepEqual(ends, ['search refused 0 ms']);
  replica.resolve();
  await Promise.allSettled(waiting);
  assert.equal(desk.count, 0);
});
