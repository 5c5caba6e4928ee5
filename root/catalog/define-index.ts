/** Creating, changing and deleting indexes: changes of the catalog, answered after they were read back. */
import {
  changeFor,
  createFor,
  findIndex,
  type CatalogState,
  type IndexDefinition,
} from '../../shared/catalog/catalog.ts';
import { isMadeAt } from '../../shared/catalog/index-id.ts';
import { SheafError } from '../../shared/errors.ts';
import type { IndexBody } from '../../shared/schema/parse.ts';
import type { Membership } from '../membership/membership.ts';
import type { CatalogCopy } from './catalog-copy.ts';

export interface Defined {
  readonly definition: IndexDefinition;
  readonly outcome: 'created' | 'changed' | 'unchanged';
}

/** Tries before giving up against other roots that change the same index at the same time. */
const attemptsMax = 10;

/**
 * Makes an index be as asked: creates it, adds the fields it lacks, or changes how many replicas it has.
 * @param atMs see IndexDefinition.createdAtMs
 * @throws SheafError INDEX_CONFLICT, NAME_TAKEN, SCHEMA_INVALID, LOG_UNAVAILABLE
 */
export async function defineIndex(
  catalog: CatalogCopy,
  name: string,
  asked: IndexBody,
  atMs?: number,
): Promise<Defined> {
  await catalog.catchUp();
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const existing = findIndex(catalog.state, name);
    if (catalog.state.aliases.get(name) !== undefined) throw new SheafError('NAME_TAKEN', { detail: { alias: name } });
    const change = existing === undefined ? createFor(asked, atMs) : changeFor(existing, asked);
    if (change === null) return { definition: existing!, outcome: attempt === 0 ? 'unchanged' : 'changed' };
    const offset = await catalog.append(name, change);
    const now = findIndex(catalog.state, name);
    if (change.change === 'create' && now !== undefined && isMadeAt(now.id, offset)) {
      return { definition: now, outcome: 'created' };
    }
    // Of two that set the number of replicas at a time the last wins; neither has to come back for it.
    if (change.change === 'setReplicas' && now?.id === change.id) return { definition: now, outcome: 'changed' };
    // Another root's entry came first, or this one added fields: look again at what is there.
  }
  throw new SheafError('INDEX_NOT_READY', { detail: { index: name, reason: 'others keep changing the index' } });
}

const noLeavesTimeoutMs = 3000;

/** Deletes an index. @throws SheafError INDEX_NOT_FOUND, LOG_UNAVAILABLE */
export async function deleteIndex(catalog: CatalogCopy, name: string): Promise<void> {
  await catalog.catchUp();
  const { id } = await catalog.find(name);
  await catalog.append(name, { change: 'delete', id });
}

export interface ReadyDependencies {
  readonly catalog: { readonly state: CatalogState };
  readonly membership: Pick<Membership, 'placedCount' | 'readyOwners' | 'waitUntil'>;
}

/**
 * Resolves when every shard is ready on as many of the leaves as it has replicas.
 * @throws SheafError INDEX_NOT_READY; INDEX_NOT_FOUND when the index is deleted meanwhile
 */
export async function waitUntilReady(
  { catalog, membership }: ReadyDependencies,
  index: IndexDefinition,
  timeoutMs: number,
): Promise<void> {
  const isDeleted = (): boolean => findIndex(catalog.state, index.name)?.id !== index.id;
  const missing = (): number[] => {
    const wanted = Math.max(1, Math.min(index.replicas, membership.placedCount));
    const owners = membership.readyOwners(index.id, index.shards);
    return [...owners.keys()].filter((shard) => owners[shard]!.length < wanted);
  };
  // Leaves may be about to connect; where none is there, waiting longer for them helps nobody.
  const leavesMs = Math.min(timeoutMs, noLeavesTimeoutMs);
  if (!(await membership.waitUntil(() => isDeleted() || membership.placedCount > 0, leavesMs))) {
    const reason = 'no leaf is connected; the index is kept, and leaves that come take it';
    throw new SheafError('INDEX_NOT_READY', { detail: { index: index.name, reason, timeoutMs: leavesMs } });
  }
  const ready = await membership.waitUntil(() => isDeleted() || missing().length === 0, timeoutMs);
  if (isDeleted()) {
    const reason = 'the index was deleted before its shards were ready';
    throw new SheafError('INDEX_NOT_FOUND', { detail: { index: index.name, reason } });
  }
  if (!ready) throw new SheafError('INDEX_NOT_READY', { detail: { index: index.name, shards: missing(), timeoutMs } });
}
