/** A copy of the catalog as it is sent and stored: plain JSON. Pure. */
import { isObject } from '../json/read-object.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { isCount } from '../json/is-count.ts';
import { TrieMap } from '../trie/trie-map.ts';
import { isAlias } from './stored-alias.ts';
import { isDefinition } from './stored-index.ts';
import { isSource } from './stored-source.ts';
import { isTemplate } from './stored-template.ts';
import type { CatalogState } from './catalog.ts';
import type { AliasDefinition, IndexDefinition, SourceDefinition, TemplateDefinition } from './definition.ts';

export interface StoredCatalog {
  readonly offset: number;
  /** By name. */
  readonly indexes: Readonly<Record<string, IndexDefinition>>;
  /** Left out where there are none, as the next three. */
  readonly aliases?: readonly AliasDefinition[];
  readonly templates?: readonly TemplateDefinition[];
  readonly sources?: readonly SourceDefinition[];
  readonly applied?: readonly number[];
}

/** Cost: a step for each index, alias, template and source. */
export function storedCatalog({ offset, indexes, aliases, templates, sources, applied }: CatalogState): StoredCatalog {
  return {
    offset,
    indexes: Object.fromEntries(indexes.entries()),
    ...(aliases.size === 0 ? {} : { aliases: [...aliases.values()] }),
    ...(templates.size === 0 ? {} : { templates: [...templates.values()] }),
    ...(sources.size === 0 ? {} : { sources: [...sources.values()] }),
    ...(applied.length === 0 ? {} : { applied }),
  };
}

/** Cost: a step for each index, alias, template and source. */
export function readStoredCatalog(stored: StoredCatalog): CatalogState {
  const { offset, indexes, aliases = [], templates = [], sources = [], applied = [] } = stored;
  return {
    offset,
    indexes: TrieMap.of(Object.entries(indexes)),
    aliases: TrieMap.of(aliases.map((alias) => [alias.name, alias])),
    templates: TrieMap.of(templates.map((template) => [template.name, template])),
    sources: TrieMap.of(sources.map((source) => [source.name, source])),
    applied,
  };
}

/** Whether it is one, as far as anybody reads it before an index is asked about. */
export function isStoredCatalog(value: unknown): value is StoredCatalog {
  if (!isObject(value) || !Number.isSafeInteger(value['offset']) || !isObject(value['indexes'])) return false;
  const { indexes, aliases = [], templates = [], sources = [], applied = [] } = value;
  if (!isArrayOf(aliases, isAlias) || !isArrayOf(templates, isTemplate) || !isArrayOf(sources, isSource)) return false;
  if (!isArrayOf(applied, isCount)) return false;
  return Object.values(indexes).every(isDefinition);
}
