/** Puts an answer together and makes sure that it accounts for every shard asked. */
import type { ShardFailure, TaskTiming } from '../../shared/protocol/tasks/task.ts';
import type { Partial, Task } from '../../shared/protocol/tasks/tasks.ts';
import type { ChosenShards } from './choose-shards.ts';
import type { Evaluated } from './evaluation.ts';

/** A partial and the pieces of its frame's body. */
export interface Answer {
  readonly partial: Partial;
  readonly body: readonly Uint8Array[];
  /** Time ran out before every shard was done. */
  readonly isCut: boolean;
}

export function assemble(
  task: Task,
  chosen: ChosenShards,
  { result, wholeBelow }: Evaluated,
  timing: TaskTiming,
): Answer {
  const shards = chosen.shards.filter(({ shard }) => shard < wholeBelow);
  const late = chosen.shards.filter(({ shard }) => shard >= wholeBelow).map(({ shard }) => lateShard(shard));
  const failures = [...chosen.failures, ...late];
  const answered = shards.length + failures.length;
  // asked = answered + failed
  if (answered !== task.shards.length) throw new Error(`${task.shards.length} shards asked, ${answered} accounted for`);
  const base = {
    shards: shards.map(({ shard }) => shard),
    failures,
    documents: shards.reduce((sum, { snapshot }) => sum + snapshot.documents, 0),
    offsets: Object.fromEntries(shards.map(({ shard, snapshot }) => [shard, snapshot.offset])),
    ...(task.profile === true ? { timing } : {}),
  };
  return { partial: { ...result.own, ...base }, body: result.body, isCut: late.length > 0 };
}

function lateShard(shard: number): ShardFailure {
  return { shard, code: 'LEAF_TIMEOUT', detail: { reason: 'time ran out before this shard' } };
}
