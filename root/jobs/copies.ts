/** Where the copies of a document are that is gone: by its routing, which only they remember. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import type { Log } from '../../shared/log/log.ts';
import { splitRouting } from '../../shared/schema/routing.ts';
import { getDocument } from '../get-document.ts';
import type { RoundDependencies } from '../plan/round.ts';

const getTimeoutMs = 10_000;

export interface Gone {
  readonly index: IndexDefinition;
  /** Of `index`: the one that it was in. */
  readonly shard: number;
  readonly key: string;
  /** The index that has the copies. */
  readonly target: IndexDefinition;
}

/**
 * The routings of a document that was in a shard, as its copies say it; null is none. Documents of its key that were in
 * other shards have copies too, which are left out.
 *
 * Cost: nothing for a document that was where its key puts it, unless its index requires a routing; else a look into each shard of the target.
 * @throws SheafError COVERAGE_TOO_LOW, LOG_UNAVAILABLE
 */
export async function routingsOfCopies(
  root: RoundDependencies & { readonly log: Log },
  { index, shard, key, target }: Gone,
): Promise<(string | null)[]> {
  if (index.routing !== 'required' && shardOfKey(key, index.shards) === shard) return [null];
  const shards = Array.from({ length: target.shards }, (_, number) => number);
  const copies = await Promise.all(
    shards.map(async (number) => {
      const asked = { index: target, key, shard: number, realtime: true, timeoutMs: getTimeoutMs, token: undefined };
      const { found } = await getDocument(root, asked);
      return found === null ? null : splitRouting(found.source);
    }),
  );
  const routings = copies.filter((copy) => copy !== null).map(({ routing }) => routing);
  return routings.filter((routing) => shardOfKey(routing ?? key, index.shards) === shard);
}
