/** A job as a promise: how it ends, and what a signal does to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import type { Job, JobOutcome } from './job.ts';
import { Cancelled, runJob } from './run-job.ts';
import type { Scheduler } from './scheduler.ts';

/** A scheduler that keeps the job until the test says how it ended. */
function begin(signal = new AbortController().signal) {
  const jobs: Job[] = [];
  const cancelled: Job[] = [];
  const scheduler = {
    submit: (job: Job) => void jobs.push(job),
    cancel: (job: Job) => void cancelled.push(job),
  } as unknown as Scheduler;
  const step = (documentsMax: number): boolean => documentsMax === 7;
  const ended = runJob(scheduler, step, { priority: 'batch', deadline: 70, signal });
  return { jobs, cancelled, ended, end: (outcome: JobOutcome) => jobs[0]!.onEnd(outcome) };
}

const tell = async (ended: Promise<string>): Promise<string> => {
  try {
    return await ended;
  } catch (error) {
    if (error instanceof Cancelled) return `cancelled, begun ${error.begun}`;
    if (error instanceof SheafError) return [error.code, ...Object.values(error.detail)].join(' ');
    return String(error);
  }
};

// Each row: how the scheduler says that it ended, what comes of the promise.
const rows: [name: string, outcome: JobOutcome, expected: string][] = [
  ['done', { kind: 'done' }, 'done'],
  ['out of time after it was begun', { kind: 'expired' }, 'expired'],
  ['out of time before', { kind: 'overdue' }, 'LEAF_TIMEOUT overdue'],
  ['given up for others', { kind: 'shed' }, 'LEAF_BUSY shed'],
  ['stopped with the leaf', { kind: 'stopped' }, 'NOT_READY'],
  ['cancelled before it was begun', { kind: 'cancelled', begun: false }, 'cancelled, begun false'],
  ['cancelled after', { kind: 'cancelled', begun: true }, 'cancelled, begun true'],
  ['failed by an error of the table', { kind: 'failed', error: new SheafError('LOG_FULL') }, 'LOG_FULL'],
  [
    'failed by a fault of the programme',
    { kind: 'failed', error: new RangeError('out of bounds') },
    'RangeError: out of bounds',
  ],
  ['failed by what is no error', { kind: 'failed', error: 'a text' }, 'Error: a text'],
];
for (const [name, outcome, expected] of rows) {
  test(`runJob: ${name}: ${expected}`, async () => {
    const { end, ended } = begin();
    end(outcome);
    assert.equal(await tell(ended), expected);
  });
}

test('runJob: the scheduler is handed what it is to do, by when, and how much it matters', () => {
  const [job] = begin().jobs;
  assert.deepEqual([job?.priority, job?.deadline, job?.step(1), job?.step(7)], ['batch', 70, false, true]);
});

test('runJob: the signal cancels the job, once, and not when it has ended', async () => {
  const caller = new AbortController();
  const { jobs, cancelled, end, ended } = begin(caller.signal);
  caller.abort();
  assert.deepEqual(cancelled, jobs);
  end({ kind: 'cancelled', begun: true });
  assert.equal(await tell(ended), 'cancelled, begun true');
  const late = new AbortController();
  const other = begin(late.signal);
  other.end({ kind: 'done' });
  late.abort();
  assert.deepEqual(other.cancelled, []);
});

test('runJob: where the caller has left already nothing is begun', async () => {
  const { jobs, ended } = begin(AbortSignal.abort());
  assert.equal(await tell(ended), 'cancelled, begun false');
  assert.deepEqual(jobs, []);
});
