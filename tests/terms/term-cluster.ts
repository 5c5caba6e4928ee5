/**
 * A term index in one process: the real stages of the root over leaves that are the real evaluation, each replica with as
 * much of the log as it is given. Tasks and partials pass through JSON, as they do between processes.
 */
import { HeadBook } from '../../root/freshness/head-book.ts';
import { composeReadPath } from '../../root/plan/compose-read-path.ts';
import type { RoundDependencies } from '../../root/plan/round.ts';
import { Defence } from '../../root/scatter/defence.ts';
import type { LeafPort, TaskOutcome } from '../../root/scatter/drive.ts';
import type { PendingDocument } from '../../leaf/terms/pending-documents.ts';
import { buildTermSegment } from '../../leaf/terms/build.ts';
import { mergeTermSegments } from '../../leaf/terms/merge.ts';
import { TermSegment } from '../../leaf/terms/term-segment.ts';
import { makeTermSnapshot, type TermSnapshot } from '../../leaf/terms/term-snapshot.ts';
import { undeleted } from '../../leaf/snapshot/stored-segment.ts';
import { assemble } from '../../leaf/tasks/assemble.ts';
import { leafKinds } from '../../leaf/kinds/leaf-kinds.ts';
import { startRun } from '../../leaf/kinds/start-run.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { SheafError } from '../../shared/errors.ts';
import type { PartialOf, Task } from '../../shared/protocol/tasks/tasks.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';

export interface TermCluster {
  readonly root: RoundDependencies;
  /** Tasks sent so far. */
  readonly sent: Task[];
  /** How much each shard has. */
  readonly snapshots: readonly TermSnapshot[];
}

export interface TermClusterOptions {
  readonly fields: readonly IndexedField[];
  /** The log, ordinals ascending. */
  readonly documents: readonly PendingDocument[];
  /** By shard: up to which log offset it has read. It reads on, to the end, when a task waits for more. */
  readonly offsets: readonly number[];
  readonly leaves: number;
  /** Shards that fail; may change. */
  readonly failing: ReadonlySet<number>;
  /** Where a segment ends, by the number of documents in it. */
  readonly segmentDocuments: number;
}

export function makeTermCluster(options: TermClusterOptions): TermCluster {
  const { offsets, leaves } = options;
  const snapshots = offsets.map((offset, shard) => snapshotOf(options, shard, offset));
  const sent: Task[] = [];
  const port: LeafPort = {
    send: <T extends Task>(_leaf: string, task: T, onOutcome: (outcome: TaskOutcome<T>) => void) => {
      sent.push(task);
      const timer = setImmediate(() => onOutcome(answer(task, options, snapshots)));
      return { cancel: () => clearImmediate(timer) };
    },
  };
  const directory = {
    stopsOf: () => [],
    hasNewShards: () => false,
    readyOwners: () => offsets.map((_, shard) => [`leaf-${shard % leaves}`]),
    documentsOf: (_index: string, shard: number) => snapshots[shard]!.documents,
    summaryOf: () => null,
    isUp: () => true,
    stateOf: () => null,
    lagsOf: () => new Map(),
  };
  const root = composeReadPath({
    clock: systemClock,
    timers: systemTimers(systemClock),
    random: () => 0.5,
    leaves: port,
    defence: new Defence({ hedging: false, onHedges: () => {} }),
    directory,
    heads: new HeadBook(),
  });
  return { root, sent, snapshots };
}

/** Several segments, some of them merged. */
function snapshotOf(
  { fields, documents, offsets, segmentDocuments }: TermClusterOptions,
  shard: number,
  offset: number,
): TermSnapshot {
  const place = { shard, shards: offsets.length };
  const read = documents.filter(({ ordinal }) => ordinal <= offset);
  const segments = [];
  for (let start = 0; start < read.length; start += segmentDocuments) {
    const part = read.slice(start, start + segmentDocuments);
    segments.push(undeleted(new TermSegment(buildTermSegment(fields, part, place))));
  }
  const merged = segments.splice(0, Math.floor(segments.length / 2));
  if (merged.length > 0) segments.unshift(undeleted(new TermSegment(mergeTermSegments(fields, merged))));
  return makeTermSnapshot(segments, offset);
}

function answer<T extends Task>(
  sent: T,
  options: TermClusterOptions,
  snapshots: readonly TermSnapshot[],
): TaskOutcome<T> {
  const task = JSON.parse(JSON.stringify(sent)) as Task;
  const failed = (shard: number): boolean => options.failing.has(shard);
  const reached = (shard: number): TermSnapshot => {
    const snapshot = snapshots[shard]!;
    const isBehind = snapshot.offset < (task.at?.[shard] ?? -1);
    return isBehind ? snapshotOf(options, shard, options.documents.at(-1)!.ordinal) : snapshot;
  };
  const shards = task.shards.filter((shard) => !failed(shard)).map((shard) => ({ shard, snapshot: reached(shard) }));
  const failures = task.shards.filter(failed).map((shard) => ({ shard, code: 'SHARD_NOT_HERE' as const }));
  try {
    const run = startRun(leafKinds, task, shards, new QueryCaches());
    while (!run.step(1000));
    const evaluated = { result: run.result(), wholeBelow: run.wholeBelow()! };
    const { partial, body } = assemble(task, { shards, failures }, evaluated, { queuedUs: 0, executedUs: 0 });
    return {
      ok: true,
      partial: JSON.parse(JSON.stringify(partial)) as PartialOf<T>,
      body: Buffer.concat(body),
      sizeBytes: 0,
    };
  } catch (error) {
    if (error instanceof SheafError) return { ok: false, error };
    throw error;
  }
}
