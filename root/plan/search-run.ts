/** One search under way: what its stages share. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { OffsetsByShard, TaskBase } from '../../shared/protocol/tasks/task.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { SearchRequest, Spread } from '../../shared/query/request.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { floorOf } from '../freshness/floor.ts';
import type { SearchTrace } from '../gather/search-trace.ts';
import { GatheredBytes } from '../gather/gathered-bytes.ts';
import { Timeline } from '../gather/timeline.ts';
import { decodeState, type PinnedState } from '../route/pinned-state.ts';
import { highest, offsetsForSearch, tokenHeader } from '../route/token.ts';
import type { Gathered } from '../scatter/drive.ts';
import { planDeadlines, type Deadlines, type RoundEnd } from './deadline.ts';
import { usualHolding, type Holding } from './hold-sources.ts';
import { mergeWorkOf, type MergeWork } from './merge-reserve.ts';
import type { SkippedShard } from './skipped-shard.ts';
import { askShards, type Round, type RoundDependencies } from './round.ts';

export interface SearchDefaults {
  readonly timeoutMs: number;
  readonly coverageMin: number;
  /** `even` where absent. */
  readonly spread?: Spread;
  /** As leaves are asked for sources; `usualHolding` where absent. */
  readonly holding?: Holding;
  /** Shards of a search of several indexes from which on leaves are asked first which of them can match; 0 or absent: never. */
  readonly skipShardsFrom?: number;
}

export interface Arrival {
  /** On the clock. */
  readonly arrivedAt: number;
  /** Aborted when the caller has left. */
  readonly signal: AbortSignal;
  /** Present where the search is traced. */
  readonly trace: SearchTrace | null;
  /** Present where it is one of several searches, of different indexes, that make one answer. */
  readonly joint?: Joint;
  /** Of all that makes one answer; its own where absent. */
  readonly gathered?: GatheredBytes;
}

export interface Joint {
  /** Of all of them. How much has to answer is asked of all of them, too. */
  readonly deadlines: Deadlines;
  /** Of the index of this one, ascending: shards that need not be asked. */
  readonly skipped: readonly SkippedShard[];
  /** Names all of them: see TaskBase. */
  readonly group: string;
}

export interface SearchRun extends Arrival {
  readonly gathered: GatheredBytes;
  readonly root: RoundDependencies;
  readonly index: IndexDefinition;
  readonly request: SearchRequest;
  readonly deadlines: Deadlines;
  /** What the reserve was planned for, and is measured by. */
  readonly mergeWork: MergeWork;
  /** Share of all shards below which the answer is of no use, and waiting for more is. */
  readonly coverageMin: number;
  /** Share of all shards below which the answer is an error. */
  readonly coverageRequired: number;
  /** Share of all shards that is waited for whatever it takes; what else is missing is waited for adaptively. */
  readonly waitMin: number;
  /** Of the round that finds; the one that counts takes no time worth sharing. */
  readonly spread: Spread;
  readonly holding: Holding;
  /** Log offsets the answer must include. */
  readonly at: OffsetsByShard;
  /** See Round.floor; none of an answer that may be of any age. */
  readonly floor: OffsetsByShard | null | undefined;
  /** The state asked for; null for the present one. */
  readonly pinned: PinnedState | null;
  /** Shards that the search is of, ascending: all of the index, or those of the routings it says. */
  readonly shards: readonly number[];
  /** Those of them that are not asked. */
  readonly skipped: readonly SkippedShard[];
  /** Present where the request asked for it. */
  readonly timeline: Timeline | null;
}

/** @throws SheafError TOKEN_INVALID, PIN_INVALID */
export function beginSearch(
  root: RoundDependencies,
  defaults: SearchDefaults,
  index: IndexDefinition,
  request: SearchRequest,
  arrival: Arrival,
): SearchRun {
  const { clock, mergeReserve } = root;
  const { arrivedAt, joint, gathered = new GatheredBytes() } = arrival;
  const timeoutMs = request.timeoutMs ?? defaults.timeoutMs;
  const coverageMin = request.coverageMin ?? defaults.coverageMin;
  const mergeWork = mergeWorkOf(index, request);
  return {
    ...arrival,
    gathered,
    root,
    index,
    request,
    deadlines:
      joint?.deadlines ??
      planDeadlines(arrivedAt, timeoutMs, mergeReserve.reserveMs(timeoutMs, mergeWork, clock.now())),
    mergeWork,
    coverageMin,
    coverageRequired: joint === undefined ? coverageMin : 0,
    waitMin: request.coverageStrict ? 1 : coverageMin,
    spread: request.spread ?? defaults.spread ?? 'even',
    holding: defaults.holding ?? usualHolding,
    ...offsetsWanted(root, index, request),
    pinned: typeof request.at === 'string' ? decodeState(request.at, index) : null,
    shards: shardsOfSearch(index, request),
    skipped: joint?.skipped ?? [],
    timeline: request.profile === true ? new Timeline(arrivedAt) : null,
  };
}

/**
 * The states that may answer: from which log offsets on.
 * @throws SheafError TOKEN_INVALID
 */
export function offsetsWanted(
  { heads, clock }: Pick<RoundDependencies, 'heads' | 'clock'>,
  index: IndexDefinition,
  request: SearchRequest,
): Pick<SearchRun, 'at' | 'floor'> {
  const { maxLagMs } = request;
  return {
    at: offsetsAsked(request, index),
    floor: maxLagMs === undefined ? undefined : floorOf(heads, index, maxLagMs, clock.now()),
  };
}

/** What the write that is named and what was read before ask for, whichever is more. */
function offsetsAsked({ token, readToken }: SearchRequest, index: IndexDefinition): OffsetsByShard {
  const written = token === undefined ? {} : offsetsForSearch(token, index);
  return readToken === undefined ? written : highest(written, offsetsForSearch(readToken, index, tokenHeader));
}

/** The shards that a search is of, ascending. */
export function shardsOfSearch({ shards }: Pick<IndexDefinition, 'shards'>, { routing }: SearchRequest): number[] {
  if (routing === undefined) return Array.from({ length: shards }, (_, shard) => shard);
  return [...new Set(routing.map((each) => shardOfKey(each, shards)))].sort((a, b) => a - b);
}

/** Every shard that is asked, ascending. */
export function shardsAsked({ shards, skipped }: SearchRun): readonly number[] {
  if (skipped.length === 0) return shards;
  const left = new Set(skipped.map(({ shard }) => shard));
  return shards.filter((shard) => !left.has(shard));
}

/** What differs from round to round of one search. */
export interface SearchRound<T extends Task> extends Pick<
  Round<T>,
  'shards' | 'taskClass' | 'pinned' | 'countedAt' | 'spread' | 'askedFirst'
> {
  /** As the timeline calls it. */
  readonly name: string;
  /** The last moment, where no round that matters follows. */
  readonly end: number | RoundEnd;
  /** The task, from what every task has. */
  readonly makeTask: (base: TaskBase) => T;
}

/** Asks the shards of one round of a search. Rejects only with `signal.reason`, and AGGREGATION_TOO_LARGE. */
export function askRound<T extends Task>(
  run: SearchRun,
  { name, end, ...round }: SearchRound<T>,
): Promise<Gathered<T>> {
  const { root, index, shards, request, at, floor, signal, timeline, trace, waitMin, coverageMin, gathered, joint } =
    run;
  const shareOfRound = (share: number): number =>
    Math.min(1, (share * shards.length) / Math.max(1, round.shards.length));
  return askShards<T>(root, {
    ...round,
    ...endOf(end, shareOfRound(coverageMin)),
    index,
    at,
    ...(floor === undefined ? {} : { floor }),
    signal,
    coverageMin: shareOfRound(waitMin),
    ...(Object.keys(request.aggregations).length === 0 ? {} : { onArrival: (bytes: number) => gathered.take(bytes) }),
    about: {
      ...(request.priority === undefined ? {} : { priority: request.priority }),
      ...(timeline === null && trace === null ? {} : { profile: true }),
      ...(request.at === undefined ? {} : { pin: true }),
      ...(joint === undefined ? {} : { group: joint.group }),
    },
    ...watchRound(run, name),
  });
}

/**
 * Leaves that are cut short answer with the shards that are done. That is of use in time for the next round only, and only
 * where a part makes an answer.
 */
function endOf(end: number | RoundEnd, share: number): Pick<Round<Task>, 'deadline' | 'enough' | 'tasksEndAt'> {
  if (typeof end === 'number') return { deadline: end };
  const { enoughFrom: from, deadline, cutsShort } = end;
  return { deadline, enough: { from, share }, tasksEndAt: cutsShort && share < 1 ? from : deadline };
}

/** Lets the timeline and the trace see the attempts of a round, where there are any. */
function watchRound(
  { root, timeline, trace }: SearchRun,
  name: string,
): Pick<Round<Task>, 'observe' | 'traceparentOf'> {
  if (trace === null) return timeline?.round(name, root.clock.now()) ?? {};
  const traced = trace.beginRound(name, root.clock.now());
  if (timeline === null) return traced;
  const { observe } = timeline.round(name, root.clock.now());
  return {
    ...traced,
    observe: (event) => {
      observe(event);
      traced.observe(event);
    },
  };
}
