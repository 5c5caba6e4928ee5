/** What leaves and roots tell each other besides tasks. */
import type { CatalogState } from '../catalog/catalog.ts';
import type { StopReport } from './replica-report.ts';
import type { Replicas } from './replicas.ts';

export type { ReplicaReport, ReplicaState, StopReport } from './replica-report.ts';

/** Which word of a leaf: of two, the one with the higher incarnation, then the higher sequence, is the newer. */
export interface LeafWord {
  readonly leaf: string;
  /** Number of the leaf's life, by no clock: a restarted leaf's is higher. */
  readonly incarnation: number;
  readonly sequence: number;
}

/** The work that is on a leaf, of all roots, in milliseconds of the thread that does it. */
export interface Backlog {
  /** What an interactive task that comes now has before it. */
  readonly interactiveMs: number;
  /** What a batch task has: interactive ones are before it too. */
  readonly batchMs: number;
  /** What one task takes lately; 0 before the first has ended. */
  readonly taskMs: number;
}

/** A leaf's word on itself. The newest (incarnation, sequence) wins. Pushed when something changed, and as a heartbeat. */
export interface LeafReport extends LeafWord {
  /**
   * Identity of the log that the leaf's data is of; absent until it has met one. A leaf of another cluster is not
   * asked, and its copy of the catalog not taken.
   */
  readonly cluster?: string;
  /** What the leaf would be lost together with; absent where it is not in any. */
  readonly zone?: string;
  /** The leaf is about to end: it has no place on the ring any more. */
  readonly draining?: boolean;
  /** Nothing can be written to the leaf's disk: it takes nothing in, and answers from what it has. */
  readonly diskFull?: boolean;
  /** Tasks waiting and running. */
  readonly queued: number;
  /** Also pushed by itself, as it changes. */
  readonly backlog?: Backlog;
  /** What tasks took lately from arrival to answer, the median, in milliseconds; absent when none came lately. */
  readonly latencyMs?: number;
  /** Interactive work stands in line: nothing that is not needed should be asked of the leaf. */
  readonly overloaded?: boolean;
  /** The leaf sheds batch work: no more of it should be asked. */
  readonly shedding?: boolean;
  readonly replicas: Replicas;
  /** Present while the leaf cannot read the catalog on. */
  readonly catalogStopped?: StopReport;
  /**
   * Of each leaf with draining replicas, the newest `since` of these that has come here. A leaf lets a replica go only when those
   * that take over have seen that it will: else two leaves could each rely on the other's older word, and both drop it.
   */
  readonly seen?: readonly LeafWord[];
  /** Version of ICU, whose dictionaries cut the leaf's texts, in the first report of a connection only. */
  readonly icu?: string;
  /** The leaf's copy of the catalog, in the first report of a connection only: roots start from it while the log is down. */
  readonly catalog?: CatalogState;
}

/** A leaf's newest report as a root relays it to the other leaves, and where that leaf can be reached. */
export interface PeerReport extends LeafWord {
  readonly host: string;
  readonly port: number;
  readonly draining: boolean;
  readonly replicas: Replicas;
  readonly seen?: readonly LeafWord[];
}

/**
 * The leaf is not connected to the root that says so. The word is the one after its last: should another root have heard
 * that one, the leaf is there. Said to the very leaf it names: the root has this word of an earlier life of it, newer than
 * what the leaf says now, and believes none that is older.
 */
export interface PeerGone extends LeafWord {
  readonly gone: true;
}

export type PeerNews = PeerReport | PeerGone;

/** A root's word to a leaf on who else is there. Leaves place shards by it. */
export interface Members {
  /** Names of the leaves on the ring, sorted: those known and not draining; one that vanished stays for a while. */
  readonly leaves: readonly string[];
  /**
   * Of each of these that the root has heard, its zone, null where it is in none. What is not here is as it was known before; of who
   * was never heard of by anybody it is not known.
   */
  readonly zones?: Readonly<Record<string, string | null>>;
  /**
   * What changed since the last frame of this connection, in the first frame everything. Roots may differ, and of what
   * is told of one leaf the newest word counts.
   */
  readonly peers: readonly PeerNews[];
}

/** Whether the first word is newer than the second. Both are of one leaf. */
export function isNewer(word: Omit<LeafWord, 'leaf'>, than: Omit<LeafWord, 'leaf'>): boolean {
  if (word.incarnation !== than.incarnation) return word.incarnation > than.incarnation;
  return word.sequence > than.sequence;
}
