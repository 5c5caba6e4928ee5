import { SheafError } from '../../shared/errors.ts';
import { isObject } from '../../shared/json/read-object.ts';
import type { Members } from '../../shared/protocol/reports.ts';

/** The members a root named, sorted, each once. @throws SheafError FRAME_INVALID */
export function readMembers(value: unknown): Members {
  const leaves = isObject(value) ? value['leaves'] : undefined;
  if (!Array.isArray(leaves) || !leaves.every((leaf) => typeof leaf === 'string')) {
    throw new SheafError('FRAME_INVALID', { detail: { field: 'leaves', expected: 'an array of names' } });
  }
  return { leaves: [...new Set(leaves)].sort() };
}
