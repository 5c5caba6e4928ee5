/** What leaves and roots tell each other besides tasks. */
import type { CatalogState } from '../catalog/catalog.ts';

export type ReplicaState = 'loading' | 'ready';

export interface ReplicaReport {
  readonly index: string;
  readonly shard: number;
  readonly state: ReplicaState;
  /** Highest log offset that is searchable, −1 when none. */
  readonly offset: number;
  /** Live documents. */
  readonly documents: number;
}

/** A leaf's word on itself. The newest (incarnation, sequence) wins. Pushed when something changed, and as a heartbeat. */
export interface LeafReport {
  readonly leaf: string;
  /** Start of the process in milliseconds since 1970: a restarted leaf's is higher. */
  readonly incarnation: number;
  readonly sequence: number;
  /** Tasks waiting and running. */
  readonly queued: number;
  /** What tasks took lately from arrival to answer, the median, in milliseconds; absent when none came lately. */
  readonly latencyMs?: number;
  /** The leaf sheds or delays work: nothing that is not needed should be asked of it. */
  readonly overloaded?: boolean;
  /** The leaf sheds batch work: no more of it should be asked. */
  readonly shedding?: boolean;
  readonly replicas: readonly ReplicaReport[];
  /** The leaf's copy of the catalog, in the first report of a connection only: roots start from it while the log is down. */
  readonly catalog?: CatalogState;
}

/** A root's word to a leaf on who else is there. Leaves place shards by it. */
export interface Members {
  /** Names of all leaves, sorted. */
  readonly leaves: readonly string[];
}
