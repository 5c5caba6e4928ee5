/**
 * What a root asks of a leaf, and what the leaf answers. Headers are JSON; sources travel as bytes in the frame's
 * body, so that the root never parses a document on the read path.
 *
 * Every task names an index by id and the shards asked of this leaf. `remainingMs` is the time left at sending; the
 * leaf starts its own clock when it reads the frame. `at` asks that a shard's replica has reached a log offset before
 * it answers: the leaf refreshes at once and waits for it inside the remaining time, else the shard fails NOT_CAUGHT_UP.
 */
import type { Steps } from '../../aggregation/steps.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Validator } from '../../json/validators.ts';
import type { RequestNode } from '../../json/request-node.ts';
import type { Fields } from '../partial-fields.ts';
import type { Priority } from '../priority.ts';

/** Log offsets that replicas must have reached: shard (as a decimal string, for JSON) → offset. */
export type OffsetsByShard = Readonly<Record<string, number>>;

/** What every task says. */
export interface TaskBase {
  readonly index: string;
  readonly shards: readonly number[];
  readonly remainingMs: number;
  readonly at?: OffsetsByShard;
  /**
   * States to answer from, and no other: shard → log offset. A shard that has not just that state, kept or present, fails
   * PIN_GONE.
   */
  readonly exact?: OffsetsByShard;
  /** A shard fails REPLICA_STALE at once, and is asked of another replica, unless its own has reached this log offset. */
  readonly floor?: OffsetsByShard;
  /** The states that the counts sent along are of: a shard in any other fails COUNTS_STALE. */
  readonly countedAt?: OffsetsByShard;
  /** Keep the states used, so that later tasks can ask for exactly them; a shard whose state cannot be kept fails. */
  readonly pin?: boolean;
  /** Keep the states used for a moment, where there is room: another round of the query may ask for exactly them. */
  readonly hold?: boolean;
  /** Of the whole query; interactive when absent. */
  readonly priority?: Priority;
  /** Names the search that this is one of several tasks of, as of one of several indexes: a leaf counts them together. */
  readonly group?: string;
  /** Asks for the `timing` of the partial. */
  readonly profile?: boolean;
  /** The traceparent of the attempt, where the query is traced: the parent of the leaf's own spans. */
  readonly trace?: string;
}

/** A shard that could not answer: data, not an exception. */
export interface ShardFailure {
  readonly shard: number;
  readonly code: ErrorCode;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Where the leaf spent the time of a task, on its own clock, in microseconds. */
export interface TaskTiming {
  /** From reading the task to the first step of its evaluation. */
  readonly queuedUs: number;
  /** From there to the answer, other tasks' slices between its own included. */
  readonly executedUs: number;
}

export interface PartialBase {
  /** Shards that answered, ascending. Together with `failures` exactly the shards asked. */
  readonly shards: readonly number[];
  readonly failures: readonly ShardFailure[];
  /** Live documents of the shards that answered. */
  readonly documents: number;
  /** Log offset each answering shard's replica had searchable. */
  readonly offsets: OffsetsByShard;
  /** Present when the task asked for it. */
  readonly timing?: TaskTiming;
  /** Of a batch task: searches came to this leaf lately. */
  readonly besideSearches?: true;
}

/** What one kind of task is on the wire, beside its types: how a leaf reads it, and how a root reads what answers it. */
export interface TaskMessage<T extends TaskBase> {
  /** Validates what the kind has besides what all tasks have. */
  readonly validate: Validator;
  /** What no single property says. @throws SheafError REQUEST_FIELD_MISSING, REQUEST_VALUE_INVALID */
  readonly check?: (node: RequestNode, task: T) => void;
  /** Whether what a leaf sent has what the partial of the kind adds; in steps where that may be much. @param body of the frame */
  readonly isAnswer: (task: T, partial: Fields, body: Uint8Array) => boolean | Steps<boolean>;
}
