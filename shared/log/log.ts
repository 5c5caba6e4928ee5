/**
 * The log: the durable record of changes, in partitions of ascending offsets.
 *
 * The interface fits Kafka. Offsets ascend but need not be dense, and nothing may assume that they are. An append is
 * acknowledged once it is durable; repeated by the same producer under the same sequence number it is recorded once.
 */

import { SheafError } from '../errors.ts';
import type { KeyedRequest, RequestOutcome } from './keyed-requests.ts';
import type { AppendBatch, Appended } from './append-batch.ts';

/** What became of an append of which some entries belong to keyed requests. */
export interface AppendedOnce {
  /** Of the batches that had an entry left to record, in their order. */
  readonly appended: Appended[];
  /** One for each request, in their order. */
  readonly outcomes: readonly RequestOutcome[];
}

/** Entries of one partition as stored: the entry i of the batch has the offset `firstOffset + i`. */
export interface LogBatch {
  readonly partition: string;
  readonly firstOffset: number;
  readonly count: number;
  readonly bytes: Uint8Array;
  /** The batch is skipped: its bytes are those of one without entries, and its offsets are passed all the same. */
  readonly skipped?: boolean;
}

/** The offsets of a batch that is skipped. */
export interface SkippedBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
}

export interface Subscription {
  readonly partition: string;
  /** Ends delivery; batches under way are dropped. */
  close(): void;
}

export interface Log {
  /**
   * Names the log that can be reached, for good: it is made with the data, so that a log begun anew in the place of one
   * that was lost has another. A copy put back has the same.
   * @throws SheafError LOG_UNAVAILABLE
   */
  identity(options?: { readonly timeoutMs?: number }): Promise<string>;

  /**
   * Appends batches in one transaction, all or none; resolves when they are durable, in the order of the batches.
   * Survives reconnects: an append that may or may not have arrived is sent again under its sequence number.
   * @throws SheafError LOG_UNAVAILABLE when not acknowledged in time (it may still be recorded), LOG_FULL; BATCH_INVALID
   *   and BATCH_VERSION_UNKNOWN where readers could not read it (see check-append.ts): nothing of it is recorded
   */
  append(batches: readonly AppendBatch[], options?: { readonly timeoutMs?: number }): Promise<Appended[]>;

  /**
   * As `append`, and each request is recorded once, however often and through whichever client it comes: its key is
   * remembered, with the digest, in the transaction that records its entries, for as long as the log is set to. Entries
   * of a repeat, and of a request whose key was used with another digest, are left out; all others are recorded.
   */
  appendOnce(
    batches: readonly AppendBatch[],
    requests: readonly KeyedRequest[],
    options?: { readonly timeoutMs?: number },
  ): Promise<AppendedOnce>;

  /**
   * Highest offset of each partition, −1 where it has no entry.
   * @throws SheafError LOG_UNAVAILABLE
   */
  heads(partitions: readonly string[], options?: { readonly timeoutMs?: number }): Promise<number[]>;

  /**
   * Of each partition the offset from which on it still has everything that was ever appended: 0 where nothing was
   * trimmed, the offset after its head where all was; Infinity where the log has removed the partition as a whole, and so has no head of it.
   * @throws SheafError LOG_UNAVAILABLE
   */
  earliest(partitions: readonly string[], options?: { readonly timeoutMs?: number }): Promise<number[]>;

  /**
   * Lets go of the entries below `before`, for good; a batch that goes beyond it stays whole. Durable when it resolves,
   * and repeated, or with a lower offset, it does nothing. The head stays, and so does what is remembered of appends and
   * of keyed requests: what becomes of a repeat does not depend on what was trimmed.
   * @returns the earliest offset of the partition now: at most `before`, unless it was higher already
   * @throws SheafError LOG_REPLACED where `before` is above the offset after the head, so that the caller knows of entries
   *   which this log lacks: nothing is trimmed then; LOG_UNAVAILABLE, LOG_FULL
   */
  trim(partition: string, before: number, options?: { readonly timeoutMs?: number }): Promise<number>;

  /**
   * Delivers every entry with an offset of at least `from`, in order, then tails. The next batch of a partition is
   * delivered after the promise of the one before has resolved: that is the credit. A batch may begin before `from`;
   * the consumer skips what it has. Survives reconnects.
   *
   * A log that lacks what was read from it before, because an older copy was put in its place, must not be read on:
   * where its head is below `from - 1`, or the last batch that was delivered is another in it now, nothing more is
   * delivered, and `onRefused` is called once with LOG_REPLACED. A last batch that was trimmed meanwhile proves nothing,
   * and is accepted.
   *
   * Where what comes next was trimmed, at the beginning or because the subscriber fell behind, nothing more is delivered
   * either, and `onRefused` is called once with LOG_TRIMMED, of which `detail.earliest` is the earliest offset.
   */
  subscribe(
    partition: string,
    from: number,
    onBatch: (batch: LogBatch) => void | Promise<void>,
    onRefused?: (error: SheafError) => void,
  ): Subscription;

  /**
   * Has the batch with this entry delivered as one without entries from now on, to everybody, for good: the way on for
   * readers that cannot read it. Its bytes stay where they are. Repeated, it does nothing.
   * @throws SheafError ENTRY_NOT_FOUND (of one that was trimmed, too), LOG_UNAVAILABLE, LOG_FULL
   */
  skip(partition: string, offset: number, options?: { readonly timeoutMs?: number }): Promise<SkippedBatch>;

  /** Ends the connection and every subscription. */
  close(): Promise<void>;
}

/** The partition of index definitions. */
export const catalogPartition = 'catalog';

/** The partition of leases: see shared/lease. */
export const leasesPartition = 'leases';

/** The partition of jobs: see shared/jobs. */
export const jobsPartition = 'jobs';

/** The partition of claims: see shared/snapshots. */
export const claimsPartition = 'claims';

/** The partition of sources: see shared/sources. */
export const sourcesPartition = 'sources';

/** The name of a partition of an index, by its number. Named by index id, so that a name used again never meets old data. */
export function shardPartition(indexId: string, number: number): string {
  return `${indexId}/${number}`;
}

/** Why there is nothing to skip. */
export function entryNotFound(partition: string, offset: number): SheafError {
  return new SheafError('ENTRY_NOT_FOUND', { detail: { partition, offset } });
}

/** Why a log must not be read on: it ends before an offset that was read from it. */
export function logReplaced(partition: string, read: number, head: number): SheafError {
  return new SheafError('LOG_REPLACED', { detail: { partition, read, head } });
}

/** Why a partition cannot be read from an offset on: what stood there was trimmed. */
export function logTrimmed(partition: string, from: number, earliest: number): SheafError {
  return new SheafError('LOG_TRIMMED', { detail: { partition, from, earliest } });
}
