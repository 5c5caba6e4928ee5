/**
 * What the code of a failed task says: whose fault it is, and whether another replica may answer. The one table that
 * retries, the standing of leaves and the refusal of whole queries go by. Pure.
 *
 * A query is at fault only where every replica would say the same. What a leaf should not have said at all, data that is
 * damaged or a bug, is its own fault, and the others may well be sound.
 */
import { errorTable, type ErrorCode } from '../../shared/errors.ts';

export interface Verdict {
  /** `query`: the leaf did its work. `leaf`: counts against it. `nobody`: how things are at the moment. */
  readonly fault: 'query' | 'leaf' | 'nobody';
  /** Another replica is asked, if there is one. */
  readonly curable: boolean;
}

/** The leaf is sound, and not the one to answer now. */
const elsewhereNow: ReadonlySet<ErrorCode> = new Set([
  'LEAF_BUSY',
  'NOT_READY',
  'SHARD_NOT_HERE',
  'NOT_CAUGHT_UP',
  'REPLICA_STALE',
  'PIN_GONE',
  'PINS_TOO_MANY',
  'LOG_TRIMMED',
]);

export function judgeFailure(code: ErrorCode): Verdict {
  const { status, retry } = errorTable[code];
  if (elsewhereNow.has(code)) return { fault: 'nobody', curable: true };
  if (retry === 'later') return { fault: 'nobody', curable: false };
  return status < 500 ? { fault: 'query', curable: false } : { fault: 'leaf', curable: true };
}
