/** Fields that documents bring, added to a schema whose `dynamic` is `true`. */
import {
  findIndex,
  type CatalogChange,
  type CatalogState,
  type IndexDefinition,
} from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { collidesWith, countFields, type Fields } from '../../shared/schema/collisions.ts';
import type { IndexNow } from '../route/write-job.ts';

export interface SchemaCatalog {
  readonly state: CatalogState;
  append(name: string, change: CatalogChange): Promise<number>;
}

/** Tries before giving up against other roots that add fields to the same index at the same time. */
const attemptsMax = 20;

/**
 * Adds what can be added and says what the index is then. A field that another root added first, as another kind, stays what it
 * is; one that does not fit beside those that are there stays out.
 * @throws SheafError INDEX_NOT_FOUND when the index was deleted meanwhile, LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED
 */
export async function growSchema(
  catalog: SchemaCatalog,
  { id, name }: Pick<IndexDefinition, 'id' | 'name'>,
  wanted: Fields,
): Promise<IndexNow> {
  for (let attempt = 0; ; attempt++) {
    const { state } = catalog;
    const index = findIndex(state, name);
    if (index?.id !== id) {
      throw new SheafError('INDEX_NOT_FOUND', { detail: { index: name, reason: 'the index was deleted meanwhile' } });
    }
    const fields = addable(index.schema.fields, wanted);
    // Whoever keeps losing is left with what the others made of the fields.
    if (Object.keys(fields).length === 0 || attempt === attemptsMax) return { index, catalogOffset: state.offset };
    await catalog.append(name, { change: 'addFields', id, fields });
  }
}

/** Those of the fields that the schema lacks and can have, one after the other. */
function addable(present: Fields, wanted: Fields): Fields {
  const added: Record<string, Fields[string]> = {};
  let room = limits.fieldsMax - countFields(present);
  for (const [path, definition] of Object.entries(wanted)) {
    const count = countFields({ [path]: definition });
    if (count > room || collidesWith(present, path) || collidesWith(added, path)) continue;
    added[path] = definition;
    room -= count;
  }
  return added;
}
