/** Makes writes searchable on every ready replica: a task to each, not one per shard. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { RefreshTask } from '../../shared/protocol/tasks/refresh.ts';
import type { OffsetsByShard, ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { driveScatter } from '../scatter/drive.ts';
import type { RoundDependencies } from './round.ts';

export type RefreshDependencies = RoundDependencies;

export interface RefreshRequest {
  readonly index: IndexDefinition;
  /** Shard → log offset that must be searchable. */
  readonly at: OffsetsByShard;
  readonly timeoutMs: number;
}

/** Asks all owners at once; gives the shards that some owner could not refresh in time, or that have none. */
export async function refreshReplicas(root: RefreshDependencies, request: RefreshRequest): Promise<ShardFailure[]> {
  const { index, at } = request;
  const owners = root.directory.readyOwners(index.id, index.shards);
  const shardsByLeaf = new Map<string, number[]>();
  const failures: ShardFailure[] = [];
  for (const shard of Object.keys(at).map(Number)) {
    const leaves = owners[shard] ?? [];
    if (leaves.length === 0) failures.push({ shard, code: 'SHARD_UNASSIGNED' });
    for (const leaf of leaves) shardsByLeaf.set(leaf, [...(shardsByLeaf.get(leaf) ?? []), shard]);
  }
  const deadline = root.clock.now() + request.timeoutMs;
  const { signal } = new AbortController();
  const rounds = [...shardsByLeaf].map(([leaf, shards]) =>
    driveScatter<RefreshTask>(root, {
      candidates: new Map(shards.map((shard) => [shard, [leaf]])),
      deadline,
      coverageMin: 1,
      taskClass: null,
      signal,
      makeTask: (asked, remainingMs) => ({
        kind: 'refresh',
        index: index.id,
        shards: asked,
        remainingMs,
        at: Object.fromEntries(asked.map((shard) => [String(shard), at[shard]!])),
      }),
    }),
  );
  for (const round of await Promise.all(rounds)) failures.push(...round.failures);
  return failures;
}
