/**
 * The write path: what happens to documents, stage by stage.
 *
 *     body → parse and route (worker) → log → token → wait until searchable, if asked
 */
import type { CatalogState, IndexDefinition } from '../shared/catalog/catalog.ts';
import type { ShardFailure } from '../shared/protocol/tasks.ts';
import { refreshReplicas, type RefreshDependencies } from './plan/refresh.ts';
import type { KeySource } from './route/bulk-router.ts';
import { encodeToken, highestOffsets, offsetsOfIndex } from './route/token.ts';
import type { WriteJobs, WriteSource } from './route/write-jobs.ts';
import type { WriteResult } from './route/write-job.ts';

export interface IngestDependencies extends RefreshDependencies {
  readonly writeJobs: WriteJobs;
}

export interface IngestRequest {
  readonly index: IndexDefinition;
  /** The catalog that `index` was read from. */
  readonly catalog: CatalogState;
  readonly key: KeySource;
  readonly source: WriteSource;
  /** Wait until every replica has made the writes searchable, so long at most; undefined: do not wait. */
  readonly refreshTimeoutMs: number | undefined;
}

export interface IngestAnswer extends WriteResult {
  /** Names the writes to a later search that must see them; null when nothing was accepted. */
  readonly token: string | null;
  /** Whether every ready replica has the writes searchable; null when that was not asked. */
  readonly refreshed: boolean | null;
}

/** Takes documents: resolves when those accepted are durable. @throws SheafError never for a single document */
export async function ingest(root: IngestDependencies, request: IngestRequest): Promise<IngestAnswer> {
  const { index, catalog, key, source, refreshTimeoutMs } = request;
  const written = await root.writeJobs.run({ index, catalogOffset: catalog.offset, key }, source);
  const offsets = highestOffsets(written.appended);
  const token = written.appended.length === 0 ? null : encodeToken(offsets);
  if (refreshTimeoutMs === undefined) return { ...written, token, refreshed: null };
  const failures: readonly ShardFailure[] = await refreshReplicas(root, {
    index,
    at: offsetsOfIndex(offsets, index.id),
    timeoutMs: refreshTimeoutMs,
  });
  return { ...written, token, refreshed: failures.length === 0 };
}
