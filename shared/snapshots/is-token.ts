import { isCount } from '../json/is-count.ts';
import { isObject } from '../json/read-object.ts';
import type { Token } from '../lease/fence.ts';

export function isToken(value: unknown): value is Token {
  if (!isObject(value)) return false;
  return typeof value['log'] === 'string' && typeof value['holder'] === 'string' && isCount(value['offset']);
}
