import { SheafError } from '../errors.ts';
import { shorten } from '../json/describe-value.ts';
import { limits } from '../limits.ts';

const pattern = /^[a-z0-9][a-z0-9_-]*$/;

/** @throws SheafError INDEX_NAME_INVALID unless the name is 1 to 100 of a-z, 0-9, - and _, the first a letter or digit */
export function checkIndexName(name: string, at = 'index'): void {
  if (name.length <= limits.indexNameLengthMax && pattern.test(name)) return;
  const detail = { name: shorten(name), limit: limits.indexNameLengthMax, actual: name.length };
  throw new SheafError('INDEX_NAME_INVALID', { at, detail });
}
