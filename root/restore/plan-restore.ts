/** The entry of the catalog that restores an index: what it is, and where its offsets go on. Pure. */
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { CreateUnder } from '../../shared/catalog/definition.ts';
import { baseOfIndex } from '../../shared/catalog/index-id.ts';
import { SheafError } from '../../shared/errors.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import { limits } from '../../shared/limits.ts';
import { asNew } from '../catalog/as-new.ts';

export interface FoundIndex {
  readonly index: IndexDefinition;
  /** Identity of the log that it was in. */
  readonly log: string;
  /** Id of the snapshot that is kept; null for what was stored last. */
  readonly snapshot: string | null;
  /** By shard, −1 where nothing of it was stored. */
  readonly offsets: readonly number[];
  readonly aliases: CatalogState['aliases'];
}

/**
 * @param withAliases whether it comes into the aliases that it was in
 * @param atMs now: the age of an index of which nobody wrote down when it was created
 * @param random from 0 to below 1
 * @throws SheafError INDEX_FULL where no offsets are left to go on with
 */
export function planRestore(
  found: FoundIndex,
  withAliases: boolean,
  { atMs, random }: { readonly atMs: number; readonly random: number },
): CreateUnder {
  const { index, log, offsets, snapshot } = found;
  const base = baseAbove(found, random);
  const kept = snapshot === null ? {} : { snapshot };
  const restored = { id: index.id, log, offsets, ...kept, base };
  return {
    change: 'createUnder',
    definition: { ...asNew(index), restored },
    aliases: withAliases ? aliasesOf(found) : [],
    atMs: index.createdAtMs ?? atMs,
  };
}

/**
 * Above every offset that any shard has, as a document may have come from there, and above those that were given after them and are
 * lost: a condition of before must not hold by chance for what is written now. One state may be restored more than once, and what each time was
 * written after it is in none of them: so where it goes on is drawn, but for kinds whose entries have no conditions and whose offsets are few.
 */
function baseAbove({ index, offsets }: FoundIndex, random: number): number {
  const { offsetMax } = indexKinds[index.kind];
  const spread = offsetMax === Infinity || offsetMax > limits.restoreSpread * 4 ? limits.restoreSpread : 0;
  const drawn = Math.floor(random * spread);
  const base = Math.max(baseOfIndex(index.id) - 1, ...offsets) + 1 + limits.restoreGap + drawn;
  if (base <= offsetMax - limits.restoreGap) return base;
  throw new SheafError('INDEX_FULL', { detail: { index: index.name, limit: offsetMax, actual: base } });
}

/** With the same filters and writes; of one that writes have moved on from, since when. */
function aliasesOf({ index, aliases }: FoundIndex): CreateUnder['aliases'] {
  return [...aliases.values()].flatMap(({ name, indexes }) =>
    indexes
      .filter(({ id }) => id === index.id)
      .map(({ filter, write, rolledAtMs }) => ({
        alias: name,
        ...(filter === undefined ? {} : { filter }),
        ...(write === undefined ? {} : { write }),
        ...(rolledAtMs === undefined ? {} : { rolledAtMs }),
      })),
  );
}
