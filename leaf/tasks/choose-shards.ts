/** Which of the shards asked can answer: those with a ready replica here that has caught up with what was asked. */
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { PinPlace, Pins } from '../snapshot/pins.ts';
import type { ReplicaSnapshot } from '../snapshot/replica-snapshot.ts';

/** What a task needs of a replica. */
export interface AskedReplica {
  readonly isReady: boolean;
  /** Up to where it has the log, −1 when nowhere. */
  readonly offset: number;
  readonly snapshot: ReplicaSnapshot;
  /** See Replica.reach. */
  reach(offset: number, signal: AbortSignal): Promise<boolean>;
}

export interface ChosenShard {
  readonly shard: number;
  readonly snapshot: ReplicaSnapshot;
}

export interface ChosenShards {
  /** Ascending. */
  readonly shards: readonly ChosenShard[];
  readonly failures: readonly ShardFailure[];
}

export interface ShardAsk {
  readonly task: Pick<Task, 'index' | 'shards' | 'at' | 'exact' | 'floor' | 'countedAt' | 'pin' | 'hold'>;
  readonly find: (indexId: string, shard: number) => AskedReplica | undefined;
  readonly pins: Pick<Pins, 'find' | 'keep'>;
  /** States that are kept for the next round of a query. */
  readonly held: Pick<Pins, 'find' | 'keep'>;
  readonly now: () => number;
  /** Aborts when nobody can wait for replicas that lag any longer. */
  readonly waitingEnds: AbortSignal;
}

/** Whether any shard has to be waited for. Where none has, the choice needs no signal. */
export function mustWait({ task, find }: Pick<ShardAsk, 'task' | 'find'>): boolean {
  if (task.at === undefined) return false;
  return task.shards.some((shard) => {
    const replica = find(task.index, shard);
    return replica !== undefined && replica.offset < offsetAsked(task, shard);
  });
}

/** Snapshots of the shards that can answer, and why the others cannot. Together exactly the shards asked. */
export async function chooseShards(ask: ShardAsk): Promise<ChosenShards> {
  const ascending = ask.task.shards.toSorted((a, b) => a - b);
  const choices = await Promise.all(ascending.map((shard) => chooseShard(ask, shard)));
  return {
    shards: choices.filter((choice) => 'snapshot' in choice),
    failures: choices.filter((choice) => 'code' in choice),
  };
}

async function chooseShard(ask: ShardAsk, shard: number): Promise<ChosenShard | ShardFailure> {
  const exact = ask.task.exact?.[String(shard)];
  const chosen = exact === undefined ? await choosePresent(ask, shard) : chooseExact(ask, shard, exact);
  const floor = ask.task.floor?.[String(shard)];
  if (floor !== undefined && 'snapshot' in chosen && chosen.snapshot.offset < floor) {
    return { shard, code: 'REPLICA_STALE', detail: { asked: floor, actual: chosen.snapshot.offset } };
  }
  const countedAt = ask.task.countedAt?.[String(shard)];
  if (countedAt !== undefined && 'snapshot' in chosen && chosen.snapshot.offset !== countedAt) {
    return { shard, code: 'COUNTS_STALE', detail: { countedAt, actual: chosen.snapshot.offset } };
  }
  if (!('snapshot' in chosen)) return chosen;
  // Where there is no room the next round may find that the state is gone.
  if (ask.task.hold === true) ask.held.keep(placeOf(ask, chosen), chosen.snapshot, ask.now());
  return ask.task.pin === true ? keep(ask, chosen) : chosen;
}

/** What searches see now, once it is new enough. */
async function choosePresent(
  { task, find, waitingEnds }: ShardAsk,
  shard: number,
): Promise<ChosenShard | ShardFailure> {
  const replica = find(task.index, shard);
  if (replica?.isReady !== true) return { shard, code: 'SHARD_NOT_HERE' };
  const asked = offsetAsked(task, shard);
  const reached = replica.offset >= asked || (await replica.reach(asked, waitingEnds));
  // It may have been let go, or have begun anew, while it was waited for.
  if (!replica.isReady) return { shard, code: 'SHARD_NOT_HERE' };
  if (!reached) return { shard, code: 'NOT_CAUGHT_UP', detail: { asked, actual: replica.offset } };
  return { shard, snapshot: replica.snapshot };
}

/** The state at just this offset: kept, or what searches see now. */
function chooseExact(
  { task, find, pins, held, now }: ShardAsk,
  shard: number,
  offset: number,
): ChosenShard | ShardFailure {
  const place: PinPlace = { indexId: task.index, shard, offset };
  const kept = pins.find(place, now()) ?? held.find(place, now());
  if (kept !== undefined) return { shard, snapshot: kept };
  const replica = find(task.index, shard);
  if (replica?.isReady !== true || replica.snapshot.offset !== offset) return { shard, code: 'PIN_GONE' };
  return { shard, snapshot: replica.snapshot };
}

function keep(ask: ShardAsk, chosen: ChosenShard): ChosenShard | ShardFailure {
  const refusal = ask.pins.keep(placeOf(ask, chosen), chosen.snapshot, ask.now());
  return refusal === null ? chosen : { shard: chosen.shard, code: 'PINS_TOO_MANY', detail: { ...refusal } };
}

function placeOf({ task }: ShardAsk, { shard, snapshot }: ChosenShard): PinPlace {
  return { indexId: task.index, shard, offset: snapshot.offset };
}

function offsetAsked(task: Pick<Task, 'at'>, shard: number): number {
  return task.at?.[String(shard)] ?? -1;
}
