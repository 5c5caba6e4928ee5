/** Which indexes a search names: by their names, by aliases and by patterns. */
import { findIndex, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { AliasDefinition } from '../../shared/catalog/definition.ts';
import { fitterOf, isPattern } from '../../shared/catalog/pattern.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { CatalogCopy } from './catalog-copy.ts';

export interface NamedIndex {
  readonly index: IndexDefinition;
  /** Queries as JSON, of which a document has to match one; null: all documents. */
  readonly filters: readonly unknown[] | null;
}

/**
 * The indexes, each once, by name. `*` in a part stands for any characters; a pattern may match nothing, a name may not. All of
 * them are those of one state of the catalog.
 * @param expression parts with commas between them: names of indexes and aliases, and patterns of both
 * @throws SheafError INDEX_NOT_FOUND, SEARCH_INDEXES_TOO_MANY; PARTITION_STOPPED, LOG_UNAVAILABLE where that cannot be known
 */
export async function findIndexes(
  catalog: Pick<CatalogCopy, 'state' | 'isKnown' | 'look' | 'catchUp'>,
  expression: string,
  timeoutMs: number,
): Promise<readonly NamedIndex[]> {
  const parts = expression.split(',');
  if (!catalog.isKnown) await catalog.catchUp(timeoutMs);
  for (const part of parts) {
    if (!isPattern(part))
      await catalog.look(part, (state) => findIndex(state, part) ?? state.aliases.get(part), timeoutMs);
  }
  return indexesUnder(catalog.state, parts);
}

/** The same in one state. Cost: a look at every index and alias where there is a pattern. */
export function indexesUnder(state: CatalogState, parts: readonly string[]): readonly NamedIndex[] {
  const found = new Map<string, { readonly index: IndexDefinition; filters: unknown[] | null }>();
  const add = (index: IndexDefinition, filter: unknown): void => {
    const before = found.get(index.name);
    // Whoever names an index twice sees what either shows.
    if (before === undefined) found.set(index.name, { index, filters: filter === undefined ? null : [filter] });
    else if (filter === undefined) before.filters = null;
    else before.filters?.push(filter);
    if (found.size > limits.searchIndexesMax) throw tooMany(parts, found.size);
  };
  const addAlias = ({ indexes }: AliasDefinition): void => {
    for (const { index: name, filter } of indexes) add(findIndex(state, name)!, filter);
  };
  for (const part of parts) {
    if (isPattern(part)) {
      const fits = fitterOf(part);
      for (const index of state.indexes.values()) if (fits(index.name)) add(index, undefined);
      for (const alias of state.aliases.values()) if (fits(alias.name)) addAlias(alias);
      continue;
    }
    const index = findIndex(state, part);
    const alias = state.aliases.get(part);
    if (index !== undefined) add(index, undefined);
    else if (alias !== undefined) addAlias(alias);
    else throw new SheafError('INDEX_NOT_FOUND', { detail: { index: part } });
  }
  return [...found.values()].sort((a, b) => (a.index.name < b.index.name ? -1 : 1));
}

function tooMany(parts: readonly string[], atLeast: number): SheafError {
  const detail = { limit: limits.searchIndexesMax, actual: `at least ${atLeast}`, named: parts.join(',') };
  return new SheafError('SEARCH_INDEXES_TOO_MANY', { detail });
}
