/** Which indexes the catalog has no more. Pure. */
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';

/**
 * Those of an earlier state that a later one does not have, under whatever name.
 *
 * Cost: in proportion to what has changed.
 */
export function deletedBetween(before: CatalogState, after: CatalogState): IndexDefinition[] {
  const differences = after.indexes.differences(before.indexes);
  const there = new Set(differences.map((each) => each.after?.id));
  return differences.flatMap((each) => (each.before === undefined || there.has(each.before.id) ? [] : [each.before]));
}
