/**
 * The replicas of a leaf, and how they are told: all of them in the first frame of a connection, then those that have
 * changed since the frame before. So what a leaf tells costs what has happened, however much it has. Pure.
 *
 * Frames of a connection arrive in order or not at all. One that builds upon another than the last that came shows that
 * one is missing; its reader ends the connection, and the next begins with everything.
 */
import { SheafError } from '../errors.ts';
import { TrieMap } from '../trie/trie-map.ts';
import type { ReplicaReport } from './replica-report.ts';

/** By `replicaName`. */
export type Replicas = TrieMap<ReplicaReport>;

/** The name of a replica among those of one leaf. */
export function replicaName(indexId: string, shard: number): string {
  return `${indexId}/${shard}`;
}

export function replicasOf(reports: Iterable<ReplicaReport>): Replicas {
  return TrieMap.of(Array.from(reports, (report) => [replicaName(report.index, report.shard), report] as const));
}

/** What a frame says of replicas. */
export interface ReplicasFrame {
  /** Sequence of the word that this one builds upon, which was the last told of the leaf; absent where all is told. */
  readonly base?: number;
  /** All, or those that are new or have changed. */
  readonly replicas: readonly ReplicaReport[];
  /** Names of those that were told and are not there any more. */
  readonly removed?: readonly string[];
}

/** A word that was told. */
export interface Told {
  readonly sequence: number;
  readonly replicas: Replicas;
}

/**
 * Cost: a step for each replica that differs; for each, where nothing was told before.
 * @param before what was told of the leaf last, over the same connection
 */
export function tellReplicas(replicas: Replicas, before: Told | null): ReplicasFrame {
  if (before === null) return { replicas: [...replicas.values()] };
  const differences = replicas.differences(before.replicas);
  const changed = differences.flatMap(({ before: was, after: is }) => (is === undefined ? [] : [sinceTold(is, was)]));
  const removed = differences.filter(({ after }) => after === undefined).map(({ key }) => key);
  return { base: before.sequence, replicas: changed, ...(removed.length === 0 ? {} : { removed }) };
}

/**
 * The replicas that a frame leaves. Cost: a step for each that it names.
 * @param before what was heard of the leaf last, over the same connection
 * @throws SheafError FRAME_INVALID where the frame builds upon another word
 */
export function hearReplicas({ base, replicas, removed = [] }: ReplicasFrame, before: Told | null): Replicas {
  if (base === undefined) return replicasOf(replicas);
  if (base !== before?.sequence) {
    throw new SheafError('FRAME_INVALID', {
      detail: { field: 'base', expected: before?.sequence ?? null, actual: base },
    });
  }
  let next = before.replicas;
  for (const name of removed) next = next.without(name);
  for (const report of replicas) {
    const name = replicaName(report.index, report.shard);
    const columns = report.columns ?? before.replicas.get(name)?.columns;
    next = next.with(name, columns === undefined ? report : { ...report, columns });
  }
  return next;
}

/** Columns change seldom, and are the longest part of a report. */
function sinceTold(report: ReplicaReport, before: ReplicaReport | undefined): ReplicaReport {
  return report.columns === undefined || report.columns !== before?.columns ? report : withoutColumns(report);
}

function withoutColumns({ columns: _columns, ...report }: ReplicaReport): ReplicaReport {
  return report;
}

/** What other leaves are told: nothing of columns, for they ask nobody. */
export function placesOnly(frame: ReplicasFrame): ReplicasFrame {
  return { ...frame, replicas: frame.replicas.map(withoutColumns) };
}
