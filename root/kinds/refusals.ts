/** Why an index cannot do what it is asked, and what can be done instead. */
import { SheafError } from '../../shared/errors.ts';
import type { Refusal } from './root-kind.ts';

/** How an index that counts is made. */
export const counterHint =
  'PUT /v1/indexes/NAME {"kind":"rollup","schema":{"dimensions":{"name":{"kind":"keyword"}},"metrics":{"value":{}}}}';

/** @param hint what to do instead */
export function wrongKind(hint: string): Refusal {
  return ({ name, kind }) => new SheafError('INDEX_KIND_WRONG', { detail: { index: name, kind, hint } });
}

/** Of an index that keeps documents: operations on rows. */
export const rowRefusals = { count: needsRows(counterHint), readRows: needsRows('documents are read by searching') };

function needsRows(hint: string): Refusal {
  return ({ name, kind }) => {
    return new SheafError('INDEX_KIND_WRONG', { detail: { index: name, kind, needed: 'rollup', hint } });
  };
}

/** A document has no place of its own to be replaced in. */
export const appendOnly: Refusal = ({ name }) => new SheafError('INDEX_APPEND_ONLY', { detail: { index: name } });
