/** Searches a replica once before anybody else does. Touches the world: gives way to what else waits. */
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import type { LeafKinds } from '../kinds/leaf-kind.ts';
import { startRun } from '../kinds/start-run.ts';
import type { ReplicaSnapshot } from '../snapshot/replica-snapshot.ts';

/** Small enough that a search which waits hardly notices. */
const documentsPerStep = 4096;

/**
 * Visits every document and reads the sources of the first few, so that the first query meets memory that has been
 * touched and code that has been compiled. Cost: one pass over the documents, in steps between which others run.
 */
export async function warmUp(
  kinds: LeafKinds,
  indexId: string,
  shard: number,
  snapshot: ReplicaSnapshot,
): Promise<void> {
  const task: SearchTask = {
    kind: 'search',
    index: indexId,
    shards: [shard],
    remainingMs: 0,
    query: { kind: 'all' },
    k: 10,
    sort: [{ by: 'position', descending: false }],
    source: true,
    aggregations: {},
  };
  try {
    const run = startRun(kinds, task, [{ shard, snapshot }], new QueryCaches());
    while (!run.step(documentsPerStep)) await new Promise((resolve) => void setImmediate(resolve));
    run.result();
  } catch {
    // A fault that searches would meet is met by a search, and told there.
  }
}
