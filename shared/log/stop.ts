/** Where a reader of a partition stands still, because it cannot read what comes next. Pure. */
import { SheafError, type ErrorCode } from '../errors.ts';
import type { StopReport } from '../protocol/reports.ts';

const codes: ReadonlySet<ErrorCode> = new Set(['BATCH_INVALID', 'BATCH_VERSION_UNKNOWN', 'JUDGEMENT_VERSION_UNKNOWN']);

/** @param offset of the first entry of the batch @param error what reading it threw, whatever that was */
export function stopAt(offset: number, error: unknown): StopReport {
  const code = error instanceof SheafError && codes.has(error.code) ? error.code : 'BATCH_INVALID';
  if (error instanceof SheafError) return { offset, code, reason: `${error.message} ${JSON.stringify(error.detail)}` };
  return { offset, code, reason: error instanceof Error ? error.message : String(error) };
}

/** Why nothing more is written to a partition that its readers stand still in. */
export function stopped(partition: string, stop: StopReport): SheafError {
  return new SheafError('PARTITION_STOPPED', { detail: { partition, ...stop } });
}
