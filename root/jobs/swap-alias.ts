/**
 * The end of a reindex that has an alias: in one entry of the catalog the alias stands for the copy, and the index is held no more. Of an
 * index that has the name itself, the same entry gives it another.
 */
import { changeAliases, type AliasFault } from '../../shared/catalog/aliases.ts';
import {
  aliasesKey,
  type AliasAction,
  type CopyBase,
  type IndexDefinition,
  type IndexMove,
  type MoveStep,
} from '../../shared/catalog/definition.ts';
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import type { JobSpec } from '../../shared/jobs/job-entry.ts';
import { aliasFaultError } from '../catalog/alias-fault.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';

type Swap = Pick<JobSpec, 'index' | 'indexId' | 'into' | 'intoId' | 'alias' | 'retireAs'>;

/** Whether it could be done now, so that nobody waits for hours to be told that it cannot. @throws SheafError ALIAS_NOT_FOUND, NAME_TAKEN, JOB_INTO_IN_ALIAS */
export function checkSwap(state: CatalogState, swap: Swap): void {
  if (swap.alias === undefined) return;
  requireOutside(state, swap, '/into');
  const changed = changeAliases(state.indexes, state.aliases, actionsOf(state, swap));
  if ('fault' in changed) throw errorOf(changed.fault, swap);
}

/**
 * Until the swap the alias stands for the index, and not for its copy as well.
 * @param at of the body that asks for it
 * @throws SheafError JOB_INTO_IN_ALIAS
 */
export function requireOutside({ aliases }: CatalogState, { alias, indexId, into, intoId }: Swap, at?: string): void {
  const ids = aliases.get(alias ?? '')?.indexes.map(({ id }) => id) ?? [];
  if (intoId === undefined || !ids.includes(intoId) || !ids.includes(indexId)) return;
  throw new SheafError('JOB_INTO_IN_ALIAS', { ...(at === undefined ? {} : { at }), detail: { alias, into } });
}

export interface Copied {
  /** Since when nothing is written to the index, and up to where it was copied: where either is over, the swap does not apply. */
  readonly move: Required<Pick<IndexMove, 'until'>> & { readonly heldAt: number };
  readonly base: CopyBase;
  /** By shard of the copy the head of its log, once all was written. */
  readonly from: readonly number[];
}

/**
 * Resolves once searches find the copy under the alias, on any root that has read the catalog so far.
 * @returns whether it was done
 * @throws SheafError ALIAS_NOT_FOUND, NAME_TAKEN; LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED
 */
export async function swapAlias(catalog: CatalogCopy, swap: Swap, { move, base, from }: Copied): Promise<boolean> {
  await catalog.catchUp();
  const actions = actionsOf(catalog.state, swap);
  const changed = changeAliases(catalog.state.indexes, catalog.state.aliases, actions);
  if ('fault' in changed) throw errorOf(changed.fault, swap);
  const { index, indexId: id, into = '', intoId = '' } = swap;
  const ends = { index, id, heldAt: move.heldAt, until: move.until, from, into, intoId, base };
  const offset = await catalog.append(aliasesKey, { change: 'setAliases', actions, ends });
  return catalog.state.applied.includes(offset);
}

/** Whether the alias stands for the copy, and not for the index. */
export function isSwapped({ aliases }: CatalogState, { alias = '', indexId, intoId }: Swap): boolean {
  const targets = aliases.get(alias)?.indexes ?? [];
  return targets.some(({ id }) => id === intoId) && !targets.some(({ id }) => id === indexId);
}

/** Resolves when the catalog was read up to the step; it then says whether it counts. */
export async function moveIndex(
  catalog: CatalogCopy,
  { name, id }: Pick<IndexDefinition, 'name' | 'id'>,
  step: { readonly job: number } & MoveStep,
): Promise<void> {
  await catalog.append(name, { change: 'move', id, ...step });
}

/** The copy has the place of the index: its filter, and whether it is written to. */
function actionsOf({ aliases }: CatalogState, swap: Swap): AliasAction[] {
  const { index, indexId, into = '', intoId = '', alias = '', retireAs } = swap;
  if (retireAs !== undefined) {
    return [
      { action: 'rename', id: indexId, from: index, to: retireAs },
      { action: 'add', alias, target: { index: into, id: intoId } },
    ];
  }
  const before = aliases.get(alias)?.indexes.find(({ id }) => id === indexId);
  return [
    { action: 'remove', alias, id: indexId },
    { action: 'add', alias, target: { ...before, index: into, id: intoId } },
  ];
}

/** As callers are told: by the names that they know. */
function errorOf(fault: AliasFault, { index }: Swap): SheafError {
  if (fault.kind !== 'notInAlias') return aliasFaultError(fault);
  return new SheafError('ALIAS_NOT_FOUND', { detail: { alias: fault.alias, index } });
}
