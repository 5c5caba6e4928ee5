/** The replicas that a task is about. */
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { AskedReplica } from './choose-shards.ts';

type Find = (indexId: string, shard: number) => AskedReplica | undefined;

/** Of most tasks those of its index; of one over many indexes what it calls shards are positions among its places. */
export function replicasAsked(task: Task, find: Find): Find {
  if (task.kind !== 'matches') return find;
  return (_index, position) => {
    const { index, shard } = task.places[String(position)]!;
    return find(index, shard);
  };
}
