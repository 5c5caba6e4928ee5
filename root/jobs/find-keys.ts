/** Documents of given keys in all shards of an index, by their routings: by their keys alone nobody knows in which they are. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { limits } from '../../shared/limits.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Query } from '../../shared/query/query.ts';
import { splitRouting } from '../../shared/schema/routing.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { scanPage } from './scan-page.ts';

/** Where a document is. */
export interface PlacedDocument {
  readonly key: string;
  readonly shard: number;
  /** What decided its shard; null: its key. */
  readonly routing: string | null;
  /** Log offset of the entry that made it what it is. */
  readonly sequence: number;
}

export interface KeysAsk {
  readonly index: IndexDefinition;
  readonly keys: readonly string[];
  /** Only those of them that match. */
  readonly query: Query;
  readonly signal: AbortSignal;
}

/** Shards that are asked at a time. */
const shardsAtOnce = 16;

/**
 * As they are after all that the log has now. Cost: a scan of each shard, which waits for a replica that has come so far; nothing
 * where there are no keys.
 * @throws SheafError COVERAGE_TOO_LOW, LOG_UNAVAILABLE; the reason of the signal
 */
export async function findKeys(
  root: RoundDependencies & { readonly log: Log },
  ask: KeysAsk,
): Promise<PlacedDocument[]> {
  const { index, keys } = ask;
  if (keys.length === 0) return [];
  const heads = await root.log.heads(Array.from({ length: index.shards }, (_, shard) => partitionOf(index, shard)));
  const found: PlacedDocument[] = [];
  for (let from = 0; from < index.shards; from += shardsAtOnce) {
    const shards = heads
      .slice(from, from + shardsAtOnce)
      .map((until, i) => scanShard(root, ask, { shard: from + i, until }));
    found.push(...(await Promise.all(shards)).flat());
  }
  return found;
}

async function scanShard(
  root: RoundDependencies,
  { index, keys, query: matching, signal }: KeysAsk,
  { shard, until }: { readonly shard: number; readonly until: number },
): Promise<PlacedDocument[]> {
  const query: Query = { kind: 'bool', must: [], should: [], filter: [{ kind: 'ids', keys }, matching], mustNot: [] };
  const found: PlacedDocument[] = [];
  // A page may end before all are found, where they are large.
  for (let above = -1; above < until;) {
    const size = limits.scanDocumentsMax;
    const page = await scanPage(root, { index, shard, query, above, until, size, sources: true, signal });
    for (const { key, sequence, source } of page.documents) {
      found.push({ key, shard, sequence, routing: splitRouting(source).routing });
    }
    above = page.upTo;
  }
  return found;
}
