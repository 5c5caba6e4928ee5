/** What is stored and sent of an index, as far as anybody reads it before the index is asked about. Pure. */
import { isObject } from '../json/read-object.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { isCount } from '../json/is-count.ts';
import type { IndexDefinition, NewIndex, PlaceTaken, RestoredIndex } from './definition.ts';

export function isDefinition(value: unknown): value is IndexDefinition {
  if (!isNewIndex(value)) return false;
  const { id, name, createdAtMs, restored, took } = value as Readonly<Record<string, unknown>>;
  if (restored !== undefined && !isRestored(restored, value.shards)) return false;
  if (took !== undefined && !isArrayOf(took, isPlaceTaken)) return false;
  const isDated = createdAtMs === undefined || isCount(createdAtMs);
  return isDated && typeof id === 'string' && typeof name === 'string';
}

function isPlaceTaken(value: unknown): value is PlaceTaken {
  if (!isObject(value) || typeof value['id'] !== 'string') return false;
  const isOffset = (offset: unknown): offset is number => Number.isSafeInteger(offset);
  return isArrayOf(value['until'], isOffset) && isArrayOf(value['from'], isOffset);
}

export function isRestored(value: unknown, shards: unknown): value is RestoredIndex {
  if (!isObject(value) || typeof value['id'] !== 'string' || typeof value['log'] !== 'string') return false;
  const { offsets, base, snapshot } = value;
  if (snapshot !== undefined && typeof snapshot !== 'string') return false;
  if (!isCount(base) || !Array.isArray(offsets) || offsets.length !== shards) return false;
  return offsets.every((offset) => Number.isSafeInteger(offset) && offset >= -1 && offset < base);
}

export function isNewIndex(value: unknown): value is NewIndex {
  if (!isObject(value) || !isObject(value['schema']) || !isObject(value['schema']['fields'])) return false;
  return typeof value['kind'] === 'string' && isCount(value['shards']) && isCount(value['replicas']);
}
