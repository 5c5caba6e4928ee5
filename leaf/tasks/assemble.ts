/** Puts an answer together and makes sure that it accounts for every shard asked. */
import type { Partial, Task } from '../../shared/protocol/tasks.ts';
import type { ChosenShards } from './choose-shards.ts';
import type { TaskResult } from './task-run.ts';

/** A partial and the pieces of its frame's body. */
export interface Answer {
  readonly partial: Partial;
  readonly body: readonly Uint8Array[];
}

export function assemble(task: Task, chosen: ChosenShards, result: TaskResult): Answer {
  const { shards, failures } = chosen;
  const answered = shards.length + failures.length;
  // asked = answered + failed
  if (answered !== task.shards.length) throw new Error(`${task.shards.length} shards asked, ${answered} accounted for`);
  const base = {
    shards: shards.map(({ shard }) => shard),
    failures,
    documents: shards.reduce((sum, { snapshot }) => sum + snapshot.documents, 0),
    offsets: Object.fromEntries(shards.map(({ shard, snapshot }) => [shard, snapshot.offset])),
  };
  return { partial: { ...result.own, ...base }, body: result.body };
}
