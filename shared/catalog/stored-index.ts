/** What is stored and sent of an index, as far as anybody reads it before the index is asked about. Pure. */
import { isObject } from '../json/read-object.ts';
import { isCount } from '../json/is-count.ts';
import type { IndexDefinition, NewIndex } from './definition.ts';

export function isDefinition(value: unknown): value is IndexDefinition {
  if (!isNewIndex(value)) return false;
  const { id, name, createdAtMs } = value as Readonly<Record<string, unknown>>;
  const isDated = createdAtMs === undefined || isCount(createdAtMs);
  return isDated && typeof id === 'string' && typeof name === 'string';
}

export function isNewIndex(value: unknown): value is NewIndex {
  if (!isObject(value) || !isObject(value['schema']) || !isObject(value['schema']['fields'])) return false;
  return typeof value['kind'] === 'string' && isCount(value['shards']) && isCount(value['replicas']);
}
