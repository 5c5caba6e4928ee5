/** Tokens and states of an index that is restored since: its offsets are not those of the index in its place. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';

/** An error names so many shards, from the first. */
const shardsNamedMax = 16;

/**
 * Whoever has it has seen what may be lost: it is said so at once, and not waited for.
 * @param id of the index that was named
 * @param at where it stood in the request
 * @throws SheafError INDEX_RESTORED where it is the one that this index is restored from
 */
export function refuseOfBefore(
  id: string,
  { id: now, restored }: Pick<IndexDefinition, 'id' | 'restored'>,
  at: string,
): void {
  if (restored?.id !== id) return;
  const restoredTo = restored.offsets.slice(0, shardsNamedMax);
  throw new SheafError('INDEX_RESTORED', { at, detail: { id, now, shards: restored.offsets.length, restoredTo } });
}
