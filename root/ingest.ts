/**
 * The write path: what happens to documents, stage by stage.
 *
 *     body → parse and route (worker), new fields → catalog → log → token → outcomes of what is judged → wait until searchable, if asked
 */
import { findIndex, type CatalogState, type IndexDefinition } from '../shared/catalog/catalog.ts';
import { SheafError } from '../shared/errors.ts';
import { indexIdOf, isOfIndex, partitionOf } from '../shared/index-kinds/partitions.ts';
import type { RequestAnswer } from '../shared/log/keyed-requests.ts';
import { stopped } from '../shared/log/stop.ts';
import type { ShardFailure } from '../shared/protocol/tasks/task.ts';
import { growSchema } from './catalog/grow-schema.ts';
import { whatBecameOf, type Recorded } from './catalog/took-place.ts';
import { WritePassage, type PassageCatalog } from './catalog/write-passage.ts';
import type { WriteGate } from './freshness/write-gate.ts';
import type { RootKinds } from './kinds/root-kind.ts';
import { askOutcomes, type LineOutcome } from './plan/ask-outcomes.ts';
import type { NewShards, NewShardsDependencies } from './plan/new-shards.ts';
import type { ShardDirectory } from './plan/shard-directory.ts';
import { refreshReplicas, type RefreshDependencies } from './plan/refresh.ts';
import type { KeySource } from './route/bulk-router.ts';
import type { RequestIdentity } from './route/increment-lane.ts';
import type { OrdinalGuard } from './route/ordinal-guard.ts';
import { encodeToken, highestOffsets, offsetsOfIndex } from './route/token.ts';
import type { WriteJobs, WriteSource } from './route/write-jobs.ts';
import type { WriteResult } from './route/write-job.ts';

export interface IngestDependencies extends RefreshDependencies {
  readonly kinds: RootKinds;
  readonly writeJobs: Pick<WriteJobs, 'run'>;
  readonly ordinals: Pick<OrdinalGuard, 'check'>;
  readonly writeGate: Pick<WriteGate, 'ofRequest'>;
  readonly newShards: Pick<NewShards, 'waitAfterWrite'>;
  readonly membership: NewShardsDependencies['membership'];
  /** This root's copy of the catalog, as it is when looked at. */
  readonly catalog: PassageCatalog;
}

export interface IngestRequest {
  readonly index: IndexDefinition;
  readonly key: KeySource;
  readonly source: WriteSource;
  /** Time of day at which the request came, milliseconds since 1970. */
  readonly arrivedAtMs: number;
  /** By which the request names the index: that of an alias, or its own, as where it is left out. */
  readonly name?: string;
  /** Of a request that is recorded once, whole or not at all: known when its body was read to the end. */
  readonly identity: (() => RequestIdentity) | null;
  /** See BulkOptions. */
  readonly keySeed: string | null;
  readonly routing?: string;
  readonly routingField?: string;
  readonly tellsOutcomes: boolean;
  /** Milliseconds for the outcomes of what is judged. */
  readonly outcomesTimeoutMs: number;
  /** Wait until every replica has made the writes searchable, so long at most; undefined: do not wait. */
  readonly refreshTimeoutMs: number | undefined;
}

export interface IngestAnswer extends WriteResult {
  /** Names the writes to a later search that must see them; null when nothing was accepted. */
  readonly token: string | null;
  /** Whether every ready replica has the writes searchable; null when that was not asked, or after a fault. */
  readonly refreshed: boolean | null;
  /** The index that these are of, which a repeat was recorded in before: of one that is gone the id is its name. Null where there are none. */
  readonly judgedIn: Pick<IndexDefinition, 'id' | 'name'> | null;
  /** Of the lines that are judged, in their order. */
  readonly outcomes: readonly LineOutcome[];
}

/**
 * Takes documents: resolves when those accepted are durable; what ended the request early is in `fault`.
 * @throws SheafError INDEX_FULL, and LOG_UNAVAILABLE where that cannot be known
 */
export async function ingest(root: IngestDependencies, request: IngestRequest): Promise<IngestAnswer> {
  const { index, key, source, refreshTimeoutMs } = request;
  await root.ordinals.check(index, root.clock.now());
  const { name = index.name, arrivedAtMs, identity, keySeed, tellsOutcomes, outcomesTimeoutMs } = request;
  const entries = root.kinds[index.kind].entriesOf(index);
  const catalogOffset = root.catalog.state.offset;
  const isOneAppend = identity !== null;
  const { routing, routingField } = request;
  const options = {
    index,
    entries,
    catalogOffset,
    key,
    arrivedAtMs,
    isOneAppend,
    keySeed,
    tellsOutcomes,
    ...(routing === undefined ? {} : { routing }),
    ...(routingField === undefined ? {} : { routingField }),
  };
  const held = root.writeGate.ofRequest(index);
  const passage = new WritePassage(root.catalog, index);
  const becameOf = (recorded: RequestAnswer): Recorded => whatBecameOf(root.catalog.state, { index, name }, recorded);
  const appended = await root.writeJobs.run(options, source, {
    obstacle: (partitions) => passage.obstacle() ?? findObstacle(root, index, partitions) ?? held(partitions),
    addFields: (fields) => growSchema(root.catalog, index, fields),
    ...(identity === null ? {} : { once: { identity, whatBecameOf: becameOf } }),
  });
  const written = await passage.through(appended);
  const offsets = highestOffsets(written.appended);
  const token = written.appended.length === 0 ? null : encodeToken(offsets);
  const isAsked = written.judged.length > 0 || refreshTimeoutMs !== undefined;
  if (isAsked) await root.newShards.waitAfterWrite(root, index, outcomesTimeoutMs);
  const { judged } = written;
  // Where the index is gone nobody knows what came of its entries: others of the same shard and offset are of other documents.
  const there = indexOfPartition(root.catalog.state, judged[0]?.partition);
  const judgedIn = there ?? goneIndexOf(judged[0]?.partition);
  const asked = { index: there ?? index, judged, timeoutMs: outcomesTimeoutMs };
  const answer = { ...written, token, judgedIn, outcomes: await askOutcomes(root, asked) };
  if (refreshTimeoutMs === undefined || written.fault !== null) return { ...answer, refreshed: null };
  const failures: readonly ShardFailure[] = await refreshReplicas(root, {
    index,
    at: offsetsOfIndex(offsets, index),
    timeoutMs: refreshTimeoutMs,
  });
  // A repeat, of what was recorded in the index that an alias was written to before.
  const isElsewhere = written.appended.some(({ partition }) => !isOfIndex(partition, index));
  return { ...answer, refreshed: failures.length === 0 && !isElsewhere };
}

/** An index that was deleted has no other name any more than its id. */
function goneIndexOf(partition: string | undefined): Pick<IndexDefinition, 'id' | 'name'> | null {
  if (partition === undefined) return null;
  const id = indexIdOf(partition);
  return { id, name: id };
}

/** All that one request has judged is in one index. */
function indexOfPartition({ indexes }: CatalogState, partition: string | undefined): IndexDefinition | undefined {
  if (partition === undefined) return undefined;
  return Array.from(indexes.values()).find((index) => isOfIndex(partition, index));
}

/**
 * What is appended to an index that was deleted meanwhile, or to a partition that nobody reads on, would be acknowledged
 * and never be found.
 */
export function findObstacle(
  {
    catalog,
    directory,
  }: { readonly catalog: { readonly state: CatalogState } } & { readonly directory: Pick<ShardDirectory, 'stopsOf'> },
  index: IndexDefinition,
  partitions: () => readonly string[],
): SheafError | null {
  const { id, name, shards } = index;
  if (findIndex(catalog.state, name)?.id !== id) {
    return new SheafError('INDEX_NOT_FOUND', { detail: { index: name, reason: 'the index was deleted meanwhile' } });
  }
  const stops = directory.stopsOf(id, shards);
  if (stops.length === 0) return null;
  const written = new Set(partitions());
  for (const { shard, ...stop } of stops) {
    const partition = partitionOf(index, shard);
    if (written.has(partition)) return stopped(partition, stop);
  }
  return null;
}
