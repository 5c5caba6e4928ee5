import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, JobEnd, JobSpec } from '../../shared/jobs/job-entry.ts';
import { busyIndexes } from './busy-indexes.ts';

const spec: JobSpec = { kind: 'deleteByQuery', index: 'books', indexId: 'x0', conflicts: 'count', docsPerSecond: null };
const copy: JobSpec = { ...spec, kind: 'reindex', into: 'films', intoId: 'x1' };
const end: JobEnd = { outcome: 'done', error: null, atMs: 0 };

// Each row: the jobs there are, and the indexes of which the log keeps all.
const rows: [name: string, jobs: Pick<Job, 'ended' | 'spec'>[], busy: string[]][] = [
  ['none', [], []],
  ['what a job changes', [{ spec, ended: null }], ['x0']],
  ['what a job copies, and what it copies to', [{ spec: copy, ended: null }], ['x0', 'x1']],
  ['not that of a job that has ended', [{ spec: copy, ended: end }], []],
  [
    'of some that meet',
    [
      { spec: copy, ended: null },
      { spec, ended: null },
      { spec: { ...copy, intoId: 'x2' }, ended: end },
    ],
    ['x0', 'x1'],
  ],
];
for (const [name, jobs, busy] of rows) {
  test(`busyIndexes: ${name}`, () => assert.deepEqual([...busyIndexes(jobs)].sort(), busy));
}
