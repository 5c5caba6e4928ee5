/** What is stored and sent of an alias, validated. Pure. */
import { isObject } from '../json/read-object.ts';
import { isCount } from '../json/is-count.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import type { AliasDefinition, AliasTarget } from './definition.ts';

export function isAlias(value: unknown): value is AliasDefinition {
  if (!isObject(value) || typeof value['name'] !== 'string') return false;
  const { indexes, keys } = value;
  return isArrayOf(indexes, isAliasTarget) && (keys === undefined || typeof keys === 'string');
}

/** The filter is read where it is used, by the schema of the index. */
export function isAliasTarget(value: unknown): value is AliasTarget {
  if (!isObject(value) || typeof value['index'] !== 'string' || typeof value['id'] !== 'string') return false;
  const { filter, write, rolledAtMs } = value;
  if (rolledAtMs !== undefined && !isCount(rolledAtMs)) return false;
  return (filter === undefined || isObject(filter)) && (write === undefined || write === true);
}
