/** Has writes through an alias go to a new index: one entry of the catalog, valid where they still go to the one before. */
import { createUnder } from '../../shared/catalog/create-under.ts';
import { findIndex, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { writeTarget } from '../../shared/catalog/aliases.ts';
import type { CreateUnder } from '../../shared/catalog/definition.ts';
import { nextName } from '../../shared/catalog/series.ts';
import { templateFor } from '../../shared/catalog/templates.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { aliasFaultError } from '../catalog/alias-fault.ts';
import { asNew } from '../catalog/as-new.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';

export interface RollDependencies {
  readonly catalog: Pick<CatalogCopy, 'state' | 'append'>;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
}

export interface PlannedRoll {
  readonly from: IndexDefinition;
  /** Name of the index to come. */
  readonly to: string;
  readonly change: CreateUnder;
}

/** What a roll of the alias would be as things stand, and whether it could be. @throws SheafError as `rollAlias` */
export function planRoll({ catalog, timeOfDay }: RollDependencies, alias: string): PlannedRoll {
  const { state } = catalog;
  const from = writtenUnder(state, alias);
  const isTaken = (name: string) => state.indexes.get(name) !== undefined || state.aliases.get(name) !== undefined;
  const to = nextName(from.name, isTaken);
  if (to === null || to.length > limits.indexNameLengthMax) {
    const detail = { alias, index: from.name, limit: limits.indexNameLengthMax };
    throw new SheafError('ROLLOVER_NAME_INVALID', { detail });
  }
  const change = changeFor(state, { alias, from, to, atMs: timeOfDay() });
  const tried = createUnder(state, { id: '', name: to }, change);
  if ('fault' in tried) throw aliasFaultError(tried.fault);
  return { from, to, change };
}

/**
 * Rolls an alias as it was planned. Of any number that roll from one index at a time the first entry in the log does, and the others do
 * nothing.
 * @returns whether it was this one
 * @throws SheafError ALIAS_NOT_FOUND, ALIAS_NOT_WRITABLE, ROLLOVER_NAME_INVALID, ALIAS_TWO_WRITE_INDEXES, ALIASES_TOO_MANY, NAME_TAKEN;
 *   LOG_UNAVAILABLE where nobody knows; LOG_FULL, PARTITION_STOPPED
 */
export async function rollAlias({ catalog }: RollDependencies, { to, change }: PlannedRoll): Promise<boolean> {
  const offset = await catalog.append(to, change);
  return catalog.state.applied.includes(offset);
}

/** The index that an alias is written to. @throws SheafError ALIAS_NOT_FOUND, ALIAS_NOT_WRITABLE */
export function writtenUnder(state: CatalogState, name: string): IndexDefinition {
  const alias = state.aliases.get(name);
  if (alias === undefined) throw new SheafError('ALIAS_NOT_FOUND', { detail: { alias: name } });
  const target = writeTarget(alias);
  if (target !== undefined) return findIndex(state, target.index)!;
  const indexes = alias.indexes.map((each) => each.index);
  throw new SheafError('ALIAS_NOT_WRITABLE', { detail: { alias: name, indexes } });
}

/** As the template of its name says; without one the new index is what the one before is. */
function changeFor(
  { templates }: CatalogState,
  roll: { readonly alias: string; readonly from: IndexDefinition; readonly to: string; readonly atMs: number },
): CreateUnder {
  const { alias, from, to, atMs } = roll;
  const base = { change: 'createUnder', from: { alias, id: from.id }, atMs } as const;
  const template = templateFor(templates, to);
  if (template === undefined) {
    return { ...base, definition: asNew(from), aliases: [] };
  }
  const aliases = template.aliases.map((each) => (each.alias === alias ? { ...each, write: true as const } : each));
  return { ...base, definition: template.definition, aliases };
}
