/** Fields that documents bring, added to a schema whose `dynamic` is `true`. */
import {
  findIndex,
  type CatalogChange,
  type CatalogState,
  type IndexDefinition,
} from '../../shared/catalog/catalog.ts';
import { fieldConflicts, missingFields } from '../../shared/catalog/merge-fields.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { collidesWith, countFields, type Fields } from '../../shared/schema/collisions.ts';
import { isTaken } from './took-place.ts';
import type { IndexNow } from '../route/bulk-router.ts';

export interface SchemaCatalog {
  readonly state: CatalogState;
  append(name: string, change: CatalogChange): Promise<number>;
}

/** An index that may have got fields. */
export interface GrownIndex extends IndexNow {
  /** Whether it has got all of them as they were wanted; else nothing was added, and the documents are to be checked again. */
  readonly isGrown: boolean;
}

/**
 * Adds all of the fields or none, and says what the index is then. Where others were faster with one of them, its documents may not fit any
 * more, and bring no other field either: only whoever has the documents can say which are still wanted.
 * @throws SheafError INDEX_NOT_FOUND when the index was deleted meanwhile, INDEX_HELD when another took its place and its name, LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED
 */
export async function growSchema(
  catalog: SchemaCatalog,
  { id, name }: Pick<IndexDefinition, 'id' | 'name'>,
  wanted: Fields,
): Promise<GrownIndex> {
  const find = (): IndexNow & { readonly index: IndexDefinition } => {
    const { state } = catalog;
    const index = findIndex(state, name);
    if (index?.id === id) return { index, catalogOffset: state.offset };
    if (isTaken(state, id)) throw new SheafError('INDEX_HELD', { detail: { index: name } });
    throw new SheafError('INDEX_NOT_FOUND', { detail: { index: name, reason: 'the index was deleted meanwhile' } });
  };
  const before = find();
  if (Object.keys(wanted).length === 0) return { ...before, isGrown: true };
  if (!areAddable(before.index.schema.fields, wanted)) return { ...before, isGrown: false };
  await catalog.append(name, { change: 'addFields', id, fields: wanted });
  const after = find();
  return { ...after, isGrown: hasAll(after.index.schema.fields, wanted) };
}

/** Whether the schema has all of them, as they were wanted. */
function hasAll(present: Fields, wanted: Fields): boolean {
  return fieldConflicts(present, wanted).length === 0 && Object.keys(missingFields(present, wanted)).length === 0;
}

/** Whether the schema lacks all of them and has room for them. */
function areAddable(present: Fields, wanted: Fields): boolean {
  const room = limits.fieldsMax - countFields(present);
  return countFields(wanted) <= room && !Object.keys(wanted).some((path) => collidesWith(present, path));
}
