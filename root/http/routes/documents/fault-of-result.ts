import type { ErrorCode } from '../../../../shared/errors.ts';
import type { Result } from '../../../../shared/judge/judge.ts';
import type { AskedCondition } from '../../../route/read-of.ts';

const faults: { readonly [R in Result]: ErrorCode | null } = {
  created: null,
  updated: null,
  noop: null,
  deleted: null,
  not_found: 'DOCUMENT_NOT_FOUND',
  conflict: 'CONDITION_FAILED',
  too_large: 'DOCUMENT_TOO_LARGE',
  unmergeable: 'DOCUMENT_NOT_OBJECT',
  too_deep: 'DOCUMENT_TOO_DEEP',
};

/**
 * The error that a result is to whoever asked for the change; null where the change was made, or was none. Who asks for any document to be there
 * has a condition that does not hold where none is (RFC 9110, section 13.1.1).
 */
export function faultOfResult(result: Result, condition: AskedCondition): ErrorCode | null {
  return result === 'not_found' && condition.kind === 'exists' ? 'CONDITION_FAILED' : faults[result];
}
