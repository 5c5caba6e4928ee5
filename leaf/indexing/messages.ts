/**
 * What the answering thread and the indexing thread say to each other. Messages of one direction arrive in the order
 * they were sent. `replica` is a number given at opening: a replica opened again has another, so that late messages
 * about the one before are recognised.
 */
import type { ErrorCode } from '../../shared/errors.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import type { ColumnsReport } from '../../shared/protocol/columns-report.ts';
import type { StopReport } from '../../shared/protocol/reports.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';

/** What a replica needs to know of its index for good. */
export interface IndexOfReplica {
  readonly kind: IndexKind;
  /** How many the index has. */
  readonly shards: number;
}

export interface OpenMessage {
  readonly kind: 'open';
  readonly replica: number;
  readonly indexId: string;
  readonly shard: number;
  readonly index: IndexOfReplica;
  readonly fields: readonly IndexedField[];
}

/** The batches of one turn of the event loop: a message costs more than reading a small batch. */
export interface BatchesMessage {
  readonly kind: 'batches';
  readonly batches: readonly HandedBatch[];
}

export interface HandedBatch {
  readonly replica: number;
  readonly firstOffset: number;
  readonly count: number;
  /** A record batch, see shared/log/batch.ts. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** See LogBatch. */
  readonly skipped?: boolean;
}

/** Let a replica go and delete its files. */
export interface DiscardMessage {
  readonly kind: 'discard';
  readonly replica: number;
  readonly indexId: string;
  readonly shard: number;
}

/** Let a replica go and put a folder that was copied from another leaf in the place of its files; to be opened anew. */
export interface InstallMessage {
  readonly kind: 'install';
  readonly replica: number;
  readonly indexId: string;
  readonly shard: number;
  /** On the same file system. */
  readonly folder: string;
}

/** Write a replica to disk and keep what is there then, whatever becomes of the replica. Answered by `held`. */
export interface HoldMessage {
  readonly kind: 'hold';
  readonly replica: number;
  /** Does not exist yet: the files are found in it afterwards. */
  readonly folder: string;
}

export type ToIndexing =
  | OpenMessage
  | BatchesMessage
  /** The fields that later batches are indexed with. */
  | { readonly kind: 'fields'; readonly replica: number; readonly fields: readonly IndexedField[] }
  /** Make everything up to this offset searchable at once, or as soon as it arrives. */
  | { readonly kind: 'want'; readonly replica: number; readonly offset: number }
  /** Take again what follows on what is searchable, after `stopped`. */
  | { readonly kind: 'resume'; readonly replica: number }
  /** The replica has caught up: its files, once written, may be served without asking the log. */
  | { readonly kind: 'complete'; readonly replica: number }
  | DiscardMessage
  | InstallMessage
  | HoldMessage
  /** Delete the folders of all replicas but these (see replicaName). */
  | { readonly kind: 'sweep'; readonly keep: readonly string[] }
  /** Write everything to disk and end. */
  | { readonly kind: 'stop' };

/** One segment of a new snapshot. */
export interface PublishedSegment {
  /** Unique within one opening of a replica. */
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
  /** Bitset of deleted documents in shared memory; null when nothing is deleted. */
  readonly deleted: Uint32Array | null;
  readonly liveCount: number;
}

/** A new snapshot: all its segments in order. Nothing is copied: segments and bitsets lie in shared memory. */
export interface Publication {
  readonly segments: readonly PublishedSegment[];
  /** Everything up to this log offset is in it. */
  readonly offset: number;
  /** Of judged entries up to it, those not published before, as `Outcomes` has them; left out where there are none. */
  readonly outcomes?: Float64Array;
  /** See Manifest. */
  readonly skipped?: readonly number[];
  /** Of all segments; left out by kinds of index that tell nothing of them. */
  readonly columns?: ColumnsReport;
  /** See Manifest. */
  readonly unrouted?: true;
}

/** About one replica. */
export type ReplicaMessage =
  | {
      readonly kind: 'opened';
      readonly replica: number;
      readonly publication: Publication;
      /** Whether the files are of a replica that had caught up. */
      readonly complete: boolean;
      /** Why the files were thrown away, if they were. */
      readonly healed: string | null;
    }
  | { readonly kind: 'published'; readonly replica: number; readonly publication: Publication }
  /** It stands still before a batch; what came before has been published. */
  | { readonly kind: 'stopped'; readonly replica: number; readonly stop: StopReport }
  /** Its files are of a newer version: they are kept, and the replica is not opened. */
  | { readonly kind: 'refused'; readonly replica: number; readonly code: ErrorCode; readonly reason: string }
  /** The replica cannot go on and has been let go. */
  | { readonly kind: 'broke'; readonly replica: number; readonly reason: string }
  | { readonly kind: 'committed'; readonly replica: number; readonly offset: number };

export type FromIndexing =
  | ReplicaMessage
  /** So many bytes of batches have been read. */
  | { readonly kind: 'taken'; readonly bytes: number; readonly documents: number }
  /** Files could not be written or deleted; tried again later. */
  | { readonly kind: 'diskFault'; readonly reason: string }
  /** Replicas cannot be written: nothing more should be handed over. */
  | { readonly kind: 'diskIll' }
  /** They can again. */
  | { readonly kind: 'diskWell' }
  /** @param fault why nothing is held, if that is so */
  | { readonly kind: 'held'; readonly folder: string; readonly fault: string | null }
  | { readonly kind: 'ended' };
