/** A job as a promise: submit, cancel by signal, and its end as a value or an error of the table. */
import { SheafError } from '../../shared/errors.ts';
import type { Priority } from '../../shared/protocol/priority.ts';
import type { Scheduler } from './scheduler.ts';
import type { Job, JobOutcome } from './job.ts';

export interface RunOptions {
  readonly priority: Priority;
  /** See Job. */
  readonly group?: string | undefined;
  /** Milliseconds on the scheduler's clock. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** Why a task ended without an answer that anyone waits for. */
export class Cancelled extends Error {
  /** Whether work had been done for it. */
  readonly begun: boolean;

  constructor(begun = false) {
    super();
    this.begun = begun;
  }
}

/** Why a task was dropped before any work was done for it. */
export type DropReason = 'overdue' | 'shed';

/** @returns the error that tells so, with the reason in its detail */
export function dropped(code: 'LEAF_BUSY' | 'LEAF_TIMEOUT', reason: DropReason): SheafError {
  return new SheafError(code, { detail: { reason } });
}

/**
 * Resolves when `step` has returned true, or when the deadline passed after it was called.
 * @throws SheafError LEAF_BUSY, LEAF_TIMEOUT when the deadline passed before, NOT_READY; Cancelled; whatever `step` throws
 */
export function runJob(scheduler: Scheduler, step: Job['step'], options: RunOptions): Promise<'done' | 'expired'> {
  const { priority, group, deadline, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Cancelled());
    const onAbort = (): void => scheduler.cancel(job);
    const job: Job = {
      priority,
      group,
      deadline,
      step,
      onEnd: (outcome) => {
        signal.removeEventListener('abort', onAbort);
        if (outcome.kind === 'done' || outcome.kind === 'expired') resolve(outcome.kind);
        else reject(errorOf(outcome));
      },
    };
    scheduler.submit(job);
    signal.addEventListener('abort', onAbort);
  });
}

type Failed = Exclude<JobOutcome, { kind: 'done' | 'expired' }>;

function errorOf(outcome: Failed): Error {
  switch (outcome.kind) {
    case 'failed':
      return outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error));
    case 'overdue':
      return dropped('LEAF_TIMEOUT', 'overdue');
    case 'shed':
      return dropped('LEAF_BUSY', 'shed');
    case 'cancelled':
      return new Cancelled(outcome.begun);
    case 'stopped':
      return new SheafError('NOT_READY');
  }
}
