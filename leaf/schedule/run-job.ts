/** A job as a promise: submit, cancel by signal, and its end as a value or an error of the table. */
import { SheafError } from '../../shared/errors.ts';
import type { Job, JobOutcome, Scheduler } from './scheduler.ts';

export interface RunOptions {
  /** Milliseconds on the scheduler's clock. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** Why a task ended without an answer that anyone waits for. */
export class Cancelled extends Error {}

/**
 * Resolves when `step` has returned true.
 * @throws SheafError LEAF_BUSY, NOT_READY, LEAF_TIMEOUT; Cancelled; whatever `step` throws
 */
export function runJob(scheduler: Scheduler, step: Job['step'], options: RunOptions): Promise<void> {
  const { deadline, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Cancelled());
    const onAbort = (): void => scheduler.cancel(job);
    const job: Job = {
      deadline,
      step,
      onEnd: (outcome) => {
        signal.removeEventListener('abort', onAbort);
        const error = errorOf(outcome);
        if (error === null) resolve();
        else reject(error);
      },
    };
    scheduler.submit(job);
    signal.addEventListener('abort', onAbort);
  });
}

function errorOf(outcome: JobOutcome): Error | null {
  switch (outcome.kind) {
    case 'done':
      return null;
    case 'failed':
      return outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error));
    case 'expired':
      return new SheafError('LEAF_TIMEOUT');
    case 'cancelled':
      return new Cancelled();
    case 'stopped':
      return new SheafError('NOT_READY');
  }
}
