/** What a kind of index is to a leaf. The rest of a leaf is handed the table of kinds, each of its two threads its own. */
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { QueryCaches } from '../evaluate/query-caches.ts';
import type { OpenMessage } from '../indexing/messages.ts';
import type { OpenedWriter } from '../indexing/open-writer.ts';
import type { ReplicaPlace } from '../indexing/replica-files.ts';
import type { PublishedSnapshots } from '../replicas/published-snapshots.ts';
import type { ReplicaSnapshot } from '../snapshot/replica-snapshot.ts';
import type { TaskRun } from '../tasks/task-run.ts';

/** A shard as a task of the kind sees it. */
export interface ShardOf<T extends ReplicaSnapshot> {
  readonly shard: number;
  readonly snapshot: T;
}

/** Begins a task. @param shards ascending; none where none of those asked can answer */
export type StartRun<K extends Task['kind'], T extends ReplicaSnapshot> = (
  task: Extract<Task, { kind: K }>,
  shards: readonly ShardOf<T>[],
  caches: QueryCaches,
) => TaskRun;

/** @typeParam T its snapshots; `never` where any kind will do */
export interface LeafKind<T extends ReplicaSnapshot = never> {
  /** On the indexing thread: a replica's writer, over the engine of the kind. @throws what the file system throws */
  readonly openWriter: (message: OpenMessage, place: ReplicaPlace) => OpenedWriter;
  /** On the answering thread: of one replica. */
  readonly publishedSnapshots: () => PublishedSnapshots;
  /** What each kind of task begins; null where an index of this kind cannot answer it. */
  readonly runs: { readonly [K in Task['kind']]: StartRun<K, T> | null };
}

export type LeafKinds = { readonly [K in IndexKind]: LeafKind };
