/** A source as callers see it. Pure. */
import type { SourceDefinition } from '../../shared/catalog/definition.ts';
import type { ErrorBody } from '../../shared/errors.ts';
import type { Lease } from '../../shared/lease/lease-entry.ts';
import {
  noCounts,
  replayLane,
  sourceCounts,
  type Lane,
  type SourceCounts,
  type SourceState,
} from '../../shared/sources/source-entry.ts';
import { laneLease } from './source-work.ts';

export const sourceStates = ['running', 'paused', 'standing'] as const;

/** What is known of a source, by whoever is asked. */
export interface Known {
  readonly state: SourceState;
  /** By partition of the topic the offset that comes next; null where nobody knows. */
  readonly latest: readonly number[] | null;
  readonly leases: readonly Lease[];
}

export type ShownSource = ReturnType<typeof showSource>;

export function showSource(source: SourceDefinition, { state, latest, leases }: Known) {
  const { id, name, brokers, topic, index, key, at, add, from, deadLetters } = source;
  const holders = new Map(leases.map((lease) => [lease.name, addressOf(lease.holder)]));
  const count = Math.max(state.lanes.length, latest?.length ?? 0);
  const partitions = Array.from({ length: count }, (_, partition) => {
    const lane = state.lanes[partition] ?? null;
    return { partition, ...showLane(lane, latest?.[partition]), root: holders.get(laneLease(id, partition)) ?? null };
  });
  const lags = partitions.map(({ lag }) => lag);
  const stands = whyItStands(state);
  const { replay } = state;
  return {
    name,
    brokers,
    topic,
    index,
    key: key.of === 'field' ? { field: key.field } : key.of,
    ...(at === undefined ? {} : { at }),
    add,
    from,
    deadLetters,
    state: state.wanted === 'pause' ? 'paused' : stands === null ? 'running' : 'standing',
    error: stands,
    lag: latest === null || lags.includes(null) ? null : lags.reduce<number>((sum, lag) => sum + lag!, 0),
    counts: total(state.lanes),
    partitions,
    replay:
      replay === null
        ? null
        : {
            next: replay.next,
            until: replay.until,
            counts: replay.counts,
            error: replay.stands,
            root: holders.get(laneLease(id, replayLane)) ?? null,
          },
  };
}

function showLane(lane: Lane | null, latest: number | undefined) {
  if (lane === null) return { next: null, latest: latest ?? null, lag: null, counts: noCounts, error: null };
  const lag = latest === undefined ? null : Math.max(0, latest - lane.next);
  return { next: lane.next, latest: latest ?? null, lag, counts: lane.counts, error: lane.stands };
}

function whyItStands({ stands, lanes, replay }: SourceState): ErrorBody | null {
  return stands ?? lanes.find((lane) => (lane?.stands ?? null) !== null)?.stands ?? replay?.stands ?? null;
}

function total(lanes: readonly (Lane | null)[]): SourceCounts {
  const sum = (name: keyof SourceCounts): number => lanes.reduce((all, lane) => all + (lane?.counts[name] ?? 0), 0);
  return Object.fromEntries(sourceCounts.map((name) => [name, sum(name)])) as SourceCounts;
}

/** `host:port` of the root that a holder of leases is. */
function addressOf(holder: string): string {
  return holder.split(' ')[1] ?? holder;
}
