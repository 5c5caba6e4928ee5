/** A task being evaluated on the snapshots chosen for it, in steps; then its part of the answer. */
import type { Partial } from '../../shared/protocol/tasks/tasks.ts';

/** What a kind of task adds to what all partials have. */
type Own<P> = P extends Partial ? Omit<P, 'shards' | 'failures' | 'documents' | 'offsets' | 'timing'> : never;

export interface TaskResult {
  readonly own: Own<Partial>;
  /** Pieces of the frame's body. */
  readonly body: readonly Uint8Array[];
}

export interface TaskRun {
  /** Works on about so many documents; true when all is done. */
  step(documentsMax: number): boolean;
  /**
   * The first shard of which nothing is counted, where those before it are counted as a whole; Infinity when all is
   * done, undefined while a shard is half done.
   */
  wholeBelow(): number | undefined;
  /** What the shards below `wholeBelow` give. Costs as much as answering; not to be called while that is undefined. */
  result(): TaskResult;
}

/** What takes no time worth dividing. */
export function atOnce(result: () => TaskResult): TaskRun {
  return { step: () => true, wholeBelow: () => Infinity, result };
}

/** The replicas had reached the offsets asked for when their snapshots were chosen: nothing is left to do. */
export function refreshRun(): TaskRun {
  return atOnce(() => ({ own: { kind: 'refresh' }, body: [] }));
}
