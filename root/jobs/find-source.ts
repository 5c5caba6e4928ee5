/** The index that a job goes through. Touches the world through the catalog. */
import { findIndex, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';

export type SourceCatalog = Pick<CatalogCopy, 'catchUp' | 'look'>;

export interface Source {
  readonly index: IndexDefinition;
  /** What an alias shows of it, as JSON; undefined: all. */
  readonly filter?: unknown;
}

/**
 * The index of a name, or that of an alias that has no other: a job is of one index, and keeps it whatever the alias becomes.
 * @param at where the name stands in the body
 * @throws SheafError REQUEST_VALUE_INVALID for an alias of several indexes; what `catalog.catchUp` and `catalog.look` throw
 */
export async function findSource(catalog: SourceCatalog, name: string, at: string): Promise<Source> {
  // Another root may have swapped the alias a moment ago.
  await catalog.catchUp();
  return await catalog.look<Source>(name, (state) => {
    const index = findIndex(state, name);
    if (index !== undefined) return { index };
    const targets = state.aliases.get(name)?.indexes ?? [];
    if (targets.length > 1) {
      const detail = {
        expected: 'an index, or an alias of one index',
        actual: name,
        indexes: targets.map((each) => each.index),
      };
      throw new SheafError('REQUEST_VALUE_INVALID', { at, detail });
    }
    const [target] = targets;
    return target && { index: findIndex(state, target.index)!, filter: target.filter };
  });
}

/** The documents that a query finds of those that an alias shows; undefined is all. Both are JSON. */
export function withFilter(query: unknown, filter: unknown): unknown {
  if (filter === undefined) return query;
  return query === undefined ? filter : { bool: { must: [query], filter: [filter] } };
}
