/**
 * Copies that an index had before the job, and whose documents are gone, or match no more, or are elsewhere now: what was written to the source before the job
 * began is not followed. Touches the world through replicas.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Query } from '../../shared/query/query.ts';
import { splitRouting } from '../../shared/schema/routing.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { deletionsOf, type CopyDeletion } from './copies.ts';
import { findKeys } from './find-keys.ts';
import { scanPage, type Page, type PageAsk } from './scan-page.ts';

/** Copies of one shard of `target`. */
export interface StrayAsk extends Pick<PageAsk, 'shard' | 'above' | 'until' | 'size' | 'signal'> {
  /** Of whose documents they are copies. */
  readonly index: IndexDefinition;
  readonly target: IndexDefinition;
  /** Which of its documents are copied. */
  readonly query: Query;
  /** What the copies are known by. */
  readonly origin: number;
}

export interface StrayCopies {
  readonly deletions: readonly CopyDeletion[];
  /** The copies that were looked at. */
  readonly page: Page;
}

/** Cost: a page of `target`, and a scan by its keys of each shard of `index`. @throws SheafError COVERAGE_TOO_LOW, LOG_UNAVAILABLE */
export async function strayCopies(
  root: RoundDependencies & { readonly log: Log },
  { index, target, query, shard, ...asked }: StrayAsk,
): Promise<StrayCopies> {
  const { signal } = asked;
  const page = await scanPage(root, { ...asked, index: target, shard, query: { kind: 'all' }, sources: true });
  if (page.documents.length === 0) return { page, deletions: [] };
  // Before the documents are asked for: what is written after it is followed.
  const heads = await root.log.heads(Array.from({ length: index.shards }, (_, i) => partitionOf(index, i)));
  const keys = page.documents.map(({ key }) => key);
  const byKey = Map.groupBy(await findKeys(root, { index, keys, query, signal }), ({ key }) => key);
  const deletions = page.documents.flatMap(({ key, sequence, source }) => {
    const { routing } = splitRouting(source);
    const from = shardOfKey(routing ?? key, index.shards);
    const now = byKey.get(key)?.find((document) => document.shard === from) ?? null;
    const copies = [{ key, shard, routing, sequence }];
    return deletionsOf({ index, shard: from, target }, { key, now, routing, copies, version: heads[from]! + 1 });
  });
  return { page, deletions };
}
