import type { ErrorCode } from '../../../../shared/errors.ts';
import type { Result } from '../../../../shared/judge/judge.ts';

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

/** The error that a result is to whoever asked for the change; null where the change was made, or was none. */
export function faultOfResult(result: Result): ErrorCode | null {
  return faults[result];
}
