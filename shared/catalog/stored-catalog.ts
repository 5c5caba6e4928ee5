/** A copy of the catalog as it is sent and stored: plain JSON. Pure. */
import { isObject } from '../json/read-object.ts';
import { isCount } from '../protocol/report-shapes.ts';
import { TrieMap } from '../trie/trie-map.ts';
import type { CatalogState } from './catalog.ts';
import type { IndexDefinition } from './definition.ts';

export interface StoredCatalog {
  readonly offset: number;
  /** By name. */
  readonly indexes: Readonly<Record<string, IndexDefinition>>;
}

/** Cost: a step for each index. */
export function storedCatalog({ offset, indexes }: CatalogState): StoredCatalog {
  return { offset, indexes: Object.fromEntries(indexes.entries()) };
}

/** Cost: a step for each index. */
export function readStoredCatalog({ offset, indexes }: StoredCatalog): CatalogState {
  return { offset, indexes: TrieMap.of(Object.entries(indexes)) };
}

/** Whether it is one, as far as anybody reads it before an index is asked about. */
export function isStoredCatalog(value: unknown): value is StoredCatalog {
  if (!isObject(value) || !Number.isSafeInteger(value['offset']) || !isObject(value['indexes'])) return false;
  return Object.values(value['indexes']).every(isDefinition);
}

export function isDefinition(value: unknown): value is IndexDefinition {
  if (!isObject(value) || !isObject(value['schema']) || !isObject(value['schema']['fields'])) return false;
  const areNamed = ['id', 'name', 'kind'].every((name) => typeof value[name] === 'string');
  return areNamed && isCount(value['shards']) && isCount(value['replicas']);
}
