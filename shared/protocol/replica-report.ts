/** What a leaf tells of one replica. */
import type { ErrorCode } from '../errors.ts';
import type { ColumnsReport } from './columns-report.ts';

/**
 * `loading`: it cannot answer yet. `ready`: it answers, and stays. `draining`: it answers, and goes once others are
 * ready: it is asked only where none is.
 */
export type ReplicaState = 'loading' | 'ready' | 'draining';

/** Before which batch of its partition a reader stands still. What comes before it is served. */
export interface StopReport {
  /** Of the first entry that cannot be read; −1 where it is the files that cannot. */
  readonly offset: number;
  readonly code: ErrorCode;
  readonly reason: string;
}

export interface ReplicaReport {
  readonly index: string;
  readonly shard: number;
  readonly state: ReplicaState;
  /** Of a draining replica: the sequence of the first report that said so. */
  readonly since?: number;
  /** Highest log offset that is searchable, −1 when none. */
  readonly offset: number;
  /** Live documents. */
  readonly documents: number;
  /** Up to which log offset object storage has the shard, as far as the leaf has seen; absent where it has seen nothing. */
  readonly stored?: number;
  /** Of its segments, on disk; absent where there are none. */
  readonly bytes?: number;
  /** First log offsets of the batches that it has passed as they were skipped; absent where there are none. */
  readonly skipped?: readonly number[];
  /**
   * Of the state at `offset`; absent where the replica tells nothing of them. In a frame that builds upon another they are left out
   * where they are as they were told.
   */
  readonly columns?: ColumnsReport;
  /** Present where no document that went by a routing was ever in the replica. */
  readonly unrouted?: true;
  /** Present while the replica cannot read on. */
  readonly stopped?: StopReport;
}
