/** A copy of the catalog as it is sent and stored: plain JSON. Pure. */
import { isObject } from '../json/read-object.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { isCount } from '../protocol/report-shapes.ts';
import { TrieMap } from '../trie/trie-map.ts';
import { isAlias } from './stored-alias.ts';
import type { CatalogState } from './catalog.ts';
import type { AliasDefinition, IndexDefinition } from './definition.ts';

export interface StoredCatalog {
  readonly offset: number;
  /** By name. */
  readonly indexes: Readonly<Record<string, IndexDefinition>>;
  /** Left out where there are none, as the next. */
  readonly aliases?: readonly AliasDefinition[];
  readonly aliasChanges?: readonly number[];
}

/** Cost: a step for each index and alias. */
export function storedCatalog({ offset, indexes, aliases, aliasChanges }: CatalogState): StoredCatalog {
  return {
    offset,
    indexes: Object.fromEntries(indexes.entries()),
    ...(aliases.size === 0 ? {} : { aliases: [...aliases.values()] }),
    ...(aliasChanges.length === 0 ? {} : { aliasChanges }),
  };
}

/** Cost: a step for each index and alias. */
export function readStoredCatalog({ offset, indexes, aliases = [], aliasChanges = [] }: StoredCatalog): CatalogState {
  return {
    offset,
    indexes: TrieMap.of(Object.entries(indexes)),
    aliases: TrieMap.of(aliases.map((alias) => [alias.name, alias])),
    aliasChanges,
  };
}

/** Whether it is one, as far as anybody reads it before an index is asked about. */
export function isStoredCatalog(value: unknown): value is StoredCatalog {
  if (!isObject(value) || !Number.isSafeInteger(value['offset']) || !isObject(value['indexes'])) return false;
  const { indexes, aliases = [], aliasChanges = [] } = value;
  if (!isArrayOf(aliases, isAlias) || !isArrayOf(aliasChanges, isCount)) return false;
  return Object.values(indexes).every(isDefinition);
}

export function isDefinition(value: unknown): value is IndexDefinition {
  if (!isObject(value) || !isObject(value['schema']) || !isObject(value['schema']['fields'])) return false;
  const areNamed = ['id', 'name', 'kind'].every((name) => typeof value[name] === 'string');
  return areNamed && isCount(value['shards']) && isCount(value['replicas']);
}
