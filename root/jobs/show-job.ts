/** A job as callers see it. Pure. */
import { errorTable, type ErrorCode } from '../../shared/errors.ts';
import { parseKeepingDigits } from '../../shared/json/raw-json.ts';
import type { Job, JobItem, JobRefusal } from '../../shared/jobs/job-entry.ts';
import { waitsFor } from './waits-for.ts';

export const jobStates = ['running', 'paused', 'cancelling', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

const statesByWanted = { run: 'running', pause: 'paused', cancel: 'cancelling' } as const;

function stateOf({ ended, wanted }: Pick<Job, 'ended' | 'wanted'>): JobState {
  return ended?.outcome ?? statesByWanted[wanted];
}

/** @param all jobs there are */
export function showJob(job: Job, all: readonly Job[]) {
  const { id, spec, createdAtMs, ended, counts, workedMs } = job;
  const { kind, index, query, partial, into, alias, retireAs, aggs, conflicts, docsPerSecond } = spec;
  const waiting = waitsFor(job, all).map((other) => String(other.id));
  const progress = ended?.outcome === 'done' ? 1 : progressOf(job.items);
  return {
    id: String(id),
    kind,
    index,
    ...(query === undefined ? {} : { query }),
    ...(partial === undefined ? {} : { document: parseKeepingDigits(partial) }),
    ...(into === undefined ? {} : { into }),
    ...(alias === undefined ? {} : { alias }),
    ...(retireAs === undefined ? {} : { retireAs }),
    ...(aggs === undefined ? {} : { aggs }),
    conflicts,
    docsPerSecond,
    state: stateOf(job),
    ...(waiting.length === 0 ? {} : { waitsFor: waiting }),
    counts,
    ...(job.refused === undefined ? {} : { rejected: showRefusals(job.refused) }),
    progress: ended === null || ended.outcome === 'done' ? progress : null,
    workedMs,
    timeLeftMs: ended === null ? timeLeftOf(progress, workedMs) : null,
    createdAt: new Date(createdAtMs).toISOString(),
    endedAt: ended === null ? null : new Date(ended.atMs).toISOString(),
    error: ended?.error ?? null,
  };
}

/** Documents that could not be what the job would have made of them, each with the reason. */
export function showRefusals(refused: readonly JobRefusal[]) {
  return refused.map(({ key, code, at }) => {
    const known = Object.hasOwn(errorTable, code) ? errorTable[code as ErrorCode].message : undefined;
    return { _id: key, code, ...(known === undefined ? {} : { message: known }), at };
  });
}

/** With what it came to, which is too much where all are shown. */
export function showWhole(job: Job, all: readonly Job[]) {
  const result = job.ended?.result;
  return { ...showJob(job, all), ...(result === undefined ? {} : { result }) };
}

/** The share of the stretches of the log that was gone through: it says nothing of how many documents match in the rest. */
function progressOf(items: readonly JobItem[]): number {
  let done = 0;
  let all = 0;
  for (const { upTo, until } of items) {
    done += upTo + 1;
    all += until + 1;
  }
  return all === 0 ? 1 : done / all;
}

function timeLeftOf(progress: number, workedMs: number): number | null {
  return progress === 0 ? null : Math.round((workedMs / progress) * (1 - progress));
}
