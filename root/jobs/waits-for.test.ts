import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noCounts, type Job, type JobSpec } from '../../shared/jobs/job-entry.ts';
import { showJob } from './show-job.ts';
import { waitsFor } from './waits-for.ts';

const common = { index: 'films', indexId: 'x1', conflicts: 'count', docsPerSecond: null } as const;
const ended = { outcome: 'done', error: null, atMs: 2 } as const;
const jobOf = (id: number, spec: Partial<JobSpec>, rest: Partial<Job> = {}): Job => {
  const whole = { ...common, kind: 'deleteByQuery', ...spec } as const;
  return {
    id,
    spec: whole,
    catalogOffset: 0,
    createdAtMs: 1,
    wanted: 'run',
    ended: null,
    items: [],
    counts: noCounts,
    workedMs: 0,
    ...rest,
  };
};

const mover = { kind: 'reindex', into: 'films-2', intoId: 'x2', alias: 'films' } as const;
const others = [
  jobOf(1, {}),
  jobOf(2, { kind: 'updateByQuery' }),
  jobOf(3, {}, { ended }),
  jobOf(4, { kind: 'aggregate' }),
  jobOf(5, { indexId: 'x7' }),
  jobOf(6, { kind: 'reindex', index: 'other', indexId: 'x7', into: 'films', intoId: 'x1' }),
  jobOf(7, { kind: 'reindex', into: 'other', intoId: 'x7' }),
];

// Each row: a job, the ids of those that it waits for.
const rows: [what: string, job: Job, expected: string[]][] = [
  ['one that takes the place of its index', jobOf(9, mover), ['1', '2', '6']],
  ['one that is paused', jobOf(9, mover, { wanted: 'pause' }), ['1', '2', '6']],
  ['one that has ended', jobOf(9, mover, { ended }), []],
  ['one that copies and takes no place', jobOf(9, { kind: 'reindex', into: 'films-2', intoId: 'x2' }), []],
  ['one that deletes', jobOf(9, {}), []],
];
for (const [what, job, expected] of rows) {
  test(`waitsFor: ${what} waits for ${expected.join(', ') || 'none'}`, () => {
    const all = [...others, job];
    assert.deepEqual(
      waitsFor(job, all).map(({ id }) => String(id)),
      expected,
    );
    assert.deepEqual(showJob(job, all).waitsFor, expected.length === 0 ? undefined : expected);
  });
}
