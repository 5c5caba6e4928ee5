/** One round of a query: whom to ask, and the asking. */
import type { Clock } from '../../shared/clock/clock.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { OffsetsByShard, Task, TaskBase } from '../../shared/protocol/tasks.ts';
import type { Membership } from '../membership/membership.ts';
import { driveScatter, type Gathered } from '../scatter/drive.ts';
import { rankCandidates } from './candidates.ts';

export interface RoundDependencies {
  readonly clock: Clock;
  readonly random: () => number;
  readonly membership: Membership;
}

export interface Round<T extends Task> {
  readonly index: IndexDefinition;
  readonly shards: readonly number[];
  /** On the clock. */
  readonly deadline: number;
  /** Log offsets the replicas must have reached. */
  readonly at: OffsetsByShard;
  readonly signal: AbortSignal;
  /** The task, from what every task has. */
  readonly makeTask: (base: TaskBase) => T;
}

/** Asks every shard of the round once, by its best replica, and gathers what comes by the deadline. */
export function askShards<T extends Task>(root: RoundDependencies, round: Round<T>): Promise<Gathered<T>> {
  const owners = root.membership.readyOwners(round.index.id, round.index.shards);
  const views = new Map(
    round.shards.map((shard) => [
      shard,
      owners.get(shard)!.map(({ name, inFlight, state }) => ({ name, inFlight, suspect: state === 'suspect' })),
    ]),
  );
  return driveScatter<T>({
    candidates: rankCandidates(views, root.random),
    deadline: round.deadline,
    clock: root.clock,
    leaves: root.membership,
    signal: round.signal,
    makeTask: (shards, remainingMs) => {
      const at = Object.fromEntries(Object.entries(round.at).filter(([shard]) => shards.includes(Number(shard))));
      return round.makeTask({
        index: round.index.id,
        shards,
        remainingMs,
        ...(Object.keys(at).length === 0 ? {} : { at }),
      });
    },
  });
}
