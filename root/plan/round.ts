/** One round of a query: whom to ask, and the asking. */
import type { HeadBook } from '../freshness/head-book.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { OffsetsByShard, ShardFailure, TaskBase } from '../../shared/protocol/tasks/task.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { Spread } from '../../shared/query/request.ts';
import type { PinnedState } from '../route/pinned-state.ts';
import { driveScatter, type DriveDependencies, type Gathered } from '../scatter/drive.ts';
import type { AttemptObserver } from '../scatter/observe.ts';
import type { Enough } from '../scatter/scatter.ts';
import { rankReplicas } from '../scatter/replica-choice.ts';
import type { HoldHistory } from './hold-history.ts';
import type { MergeReserve } from './merge-reserve.ts';
import type { ShardDirectory } from './shard-directory.ts';
import type { IndexState, StatisticsCache } from './statistics-cache.ts';
import { divideWork } from './spread.ts';
import { viewOwners } from './view-owners.ts';

/** What the read path needs of its root. */
export interface RoundDependencies extends DriveDependencies {
  readonly random: () => number;
  readonly directory: ShardDirectory;
  /** How far the log has come. */
  readonly heads: Pick<HeadBook, 'isKnown' | 'asOfMs' | 'ofIndex'>;
  readonly mergeReserve: MergeReserve;
  readonly statistics: StatisticsCache;
  readonly holdHistory: HoldHistory;
}

export interface Round<T extends Task> {
  readonly index: IndexDefinition;
  readonly shards: readonly number[];
  /** On the clock. */
  readonly deadline: number;
  /** Share of the shards after which the rest is waited for adaptively only. */
  readonly coverageMin: number;
  /** See DriveOptions, as the next. */
  readonly enough?: Enough;
  readonly tasksEndAt?: number;
  /** `even` where absent. */
  readonly spread?: Spread;
  /** Kind of task, and what else decides how long it takes; tasks of one index and class are compared. */
  readonly taskClass: string;
  /** Log offsets the replicas must have reached. */
  readonly at: OffsetsByShard;
  /** Offsets below which a replica is too old to answer; null where that cannot be known, and every shard fails. */
  readonly floor?: OffsetsByShard | null;
  /** States to answer from and no other, by shard. A shard that is not in it fails. */
  readonly pinned?: PinnedState | null;
  /** The states that the counts of the round are of. */
  readonly countedAt?: IndexState | null;
  /** Leaves that are asked before all others, by shard. */
  readonly askedFirst?: ReadonlyMap<number, string>;
  readonly signal: AbortSignal;
  /** What the tasks say of the query they are for. */
  readonly about?: Pick<TaskBase, 'priority' | 'profile' | 'pin' | 'group'>;
  /** Told of every attempt. */
  readonly observe?: AttemptObserver;
  /** See DriveOptions. */
  readonly onArrival?: (bytes: number) => void;
  /** What an attempt's task says of its trace, where there is one. */
  readonly traceparentOf?: (attempt: number) => string | undefined;
  /** The task, from what every task has. */
  readonly makeTask: (base: TaskBase) => T;
}

const noOffsets: OffsetsByShard = {};

/** Asks every shard of the round, by its best replica and by others where that fails or is late, until the deadline. */
export async function askShards<T extends Task>(root: RoundDependencies, round: Round<T>): Promise<Gathered<T>> {
  const { index, at, pinned = null, floor = noOffsets } = round;
  if (floor === null) return { answers: [], answered: [], failures: round.shards.map(ageUnknown) };
  const shards = pinned === null ? round.shards : round.shards.filter((shard) => pinned.has(shard));
  const now = root.clock.now();
  const priority = round.about?.priority ?? 'interactive';
  const owners = viewOwners(root, { index, shards, at, floor, priority, leftMs: round.deadline - now });
  const candidates = rankReplicas(owners, root.random);
  for (const [shard, leaves] of candidates) {
    // The leaf that keeps a state is asked first, even if its replica has moved away since.
    const first = round.askedFirst?.get(shard) ?? pinned?.get(shard)?.leaf;
    if (first !== undefined) putFirst(root, leaves, first);
  }
  // A state that is kept by one leaf can be shared with no other.
  const division = divideWork(pinned === null ? (round.spread ?? 'even') : 'even', {
    ranked: candidates,
    owners,
    hasLine: (leaf) => root.defence.book.hasLine(leaf, priority, now),
  });
  const gathered = await driveScatter<T>(root, {
    ...division,
    deadline: round.deadline,
    coverageMin: round.coverageMin,
    // A lot is less than what a leaf is asked for otherwise.
    taskClass: `${index.id} ${round.taskClass}${division.sharedBy.length > 0 ? ' lot' : ''}`,
    ...(round.enough === undefined ? {} : { enough: round.enough }),
    ...(round.tasksEndAt === undefined ? {} : { tasksEndAt: round.tasksEndAt }),
    signal: round.signal,
    ...(round.observe === undefined ? {} : { observe: round.observe }),
    ...(round.onArrival === undefined ? {} : { onArrival: round.onArrival }),
    makeTask: (asked, remainingMs, attempt) => {
      const trace = round.traceparentOf?.(attempt);
      return round.makeTask({
        index: index.id,
        shards: asked,
        remainingMs,
        ...offsetsOf('at', at, asked),
        ...offsetsOf('floor', floor, asked),
        ...exactOf(pinned, asked),
        ...countedOf(round.countedAt ?? null, asked),
        ...round.about,
        ...(trace === undefined ? {} : { trace }),
      });
    },
  });
  const unpinned = round.shards.filter((shard) => !shards.includes(shard)).map(neverPinned);
  return { ...gathered, failures: [...gathered.failures, ...unpinned] };
}

/** Does nothing where the leaf cannot be asked. */
function putFirst({ directory }: RoundDependencies, leaves: string[], leaf: string): void {
  const at = leaves.indexOf(leaf);
  if (at < 0 && !directory.isUp(leaf)) return;
  if (at >= 0) leaves.splice(at, 1);
  leaves.unshift(leaf);
}

function ageUnknown(shard: number): ShardFailure {
  const reason = 'how far the log has come is not known, and so not how old the replicas are';
  return { shard, code: 'REPLICA_STALE', detail: { reason } };
}

function neverPinned(shard: number): ShardFailure {
  return { shard, code: 'PIN_GONE', detail: { reason: 'the shard was not in the answer that pinned the state' } };
}

/** The offsets of these shards, by that name; nothing where there are none. */
function offsetsOf(
  name: 'at' | 'floor',
  offsets: OffsetsByShard,
  shards: readonly number[],
): Pick<TaskBase, 'at' | 'floor'> {
  const asked = shards.filter((shard) => offsets[shard] !== undefined);
  if (asked.length === 0) return {};
  return { [name]: Object.fromEntries(asked.map((shard) => [String(shard), offsets[shard]!])) };
}

function exactOf(pinned: PinnedState | null, shards: readonly number[]): { readonly exact?: OffsetsByShard } {
  if (pinned === null) return {};
  return { exact: Object.fromEntries(shards.map((shard) => [String(shard), pinned.get(shard)!.offset])) };
}

function countedOf(state: IndexState | null, shards: readonly number[]): { readonly countedAt?: OffsetsByShard } {
  if (state === null) return {};
  return { countedAt: Object.fromEntries(shards.map((shard) => [String(shard), state[shard]!])) };
}
