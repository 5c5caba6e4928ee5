import { writeTarget } from '../../shared/catalog/aliases.ts';
import { findIndex, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';

/**
 * The one index that is read and written by key under a name, undefined where the name is none. Pure.
 * @throws SheafError ALIAS_NOT_WRITABLE where an alias has several and says of none that it is written to
 */
export function indexUnder(state: CatalogState, name: string): IndexDefinition | undefined {
  const index = findIndex(state, name);
  if (index !== undefined) return index;
  const alias = state.aliases.get(name);
  if (alias === undefined) return undefined;
  const target = writeTarget(alias);
  if (target !== undefined) return findIndex(state, target.index);
  const indexes = alias.indexes.map((each) => each.index);
  throw new SheafError('ALIAS_NOT_WRITABLE', { detail: { alias: name, indexes } });
}
