/** Begins a task with what the kind of its index has for it. */
import { SheafError } from '../../shared/errors.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { QueryCaches } from '../evaluate/query-caches.ts';
import type { ReplicaSnapshot } from '../snapshot/replica-snapshot.ts';
import type { TaskRun } from '../tasks/task-run.ts';
import type { LeafKinds, ShardOf, StartRun } from './leaf-kind.ts';

/**
 * @param shards ascending; all of one index
 * @throws SheafError REQUEST_VALUE_INVALID where an index of this kind has no answer
 */
export function startRun(
  kinds: LeafKinds,
  task: Task,
  shards: readonly ShardOf<ReplicaSnapshot>[],
  caches: QueryCaches,
): TaskRun {
  // Over no shards every kind that has an answer gives the same.
  const kind = shards[0]?.snapshot.kind ?? kindsThatAnswer(kinds, task)[0]!;
  // A run stands under the kind of its task, and a snapshot names the kind that made it.
  const start = kinds[kind].runs[task.kind] as StartRun<Task['kind'], ReplicaSnapshot> | null;
  if (start !== null) return start(task, shards, caches);
  const detail = { expected: kindsThatAnswer(kinds, task).join(' or '), actual: kind };
  throw new SheafError('REQUEST_VALUE_INVALID', { at: '/index', detail });
}

function kindsThatAnswer(kinds: LeafKinds, task: Task): IndexKind[] {
  return (Object.keys(kinds) as IndexKind[]).filter((kind) => kinds[kind].runs[task.kind] !== null);
}
