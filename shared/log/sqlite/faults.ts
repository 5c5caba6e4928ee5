/** SQLite's result codes as errors of the table. Source: https://sqlite.org/rescode.html */
import { SheafError } from '../../errors.ts';

/** While a log is opened its statements are the same every time: it is the file that they do not fit. */
const logic = 1;
const busy = 5;
const readOnly = 8;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
/** Two rows of one name: there is none such that this program wrote. */
const constraint = 19;
const notADatabase = 26;
/** The shared-memory file could not grow, which is how a full disk looks to a reader's map of the WAL. */
const sharedMemorySize = 4874;
const primaryMask = 0xff;

/** The primary result code of an error thrown by node:sqlite, or undefined. */
function extendedCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** Why a data folder cannot be opened; anything unforeseen is returned as it came, a fault of the programme. */
export function openingFault(error: unknown, path: string): unknown {
  if (error instanceof SheafError) return error;
  const code = extendedCode(error);
  const options = { detail: { path, reason: error instanceof Error ? error.message : String(error) }, cause: error };
  if (code === undefined && error instanceof Error && 'syscall' in error) {
    const isFull = 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
    return new SheafError(isFull ? 'LOG_FULL' : 'DATA_NOT_WRITABLE', options);
  }
  switch ((code ?? 0) & primaryMask) {
    case busy:
      return new SheafError('DATA_IN_USE', options);
    case readOnly:
    case cannotOpen:
      return new SheafError('DATA_NOT_WRITABLE', options);
    case logic:
    case constraint:
    case corrupt:
    case notADatabase:
      return new SheafError('DATA_CORRUPT', options);
    case full:
      return new SheafError('LOG_FULL', options);
    default:
      return error;
  }
}

/**
 * Why a statement on an open log failed. Other faults of the disk, a failed fsync above all, are returned as they
 * came and end the process: what a failed fsync has stored is unknown until the file is opened again.
 */
export function runningFault(error: unknown): unknown {
  const code = extendedCode(error);
  if (code === undefined) return error;
  const options = { detail: { reason: (error as Error).message }, cause: error };
  if ((code & primaryMask) === full || code === sharedMemorySize) return new SheafError('LOG_FULL', options);
  const damaged = (code & primaryMask) === corrupt || (code & primaryMask) === notADatabase;
  return damaged ? new SheafError('LOG_CORRUPT', options) : error;
}
