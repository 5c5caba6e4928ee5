/** What is fetched of a partition, as brokers have it. */
import type { PlainRecord, RecordGroup } from './records.ts';

/** Records as they came, with what only those look at who read what others have written. */
export interface FetchedGroup extends RecordGroup {
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly records: readonly (PlainRecord & {
    readonly offsetDelta: number;
    readonly timestampDelta: bigint;
    readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
  })[];
}

/** A transaction that counts for nothing: what its producer wrote from there on, up to the marker that says so. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/** What a broker said of one part that was asked for. */
export interface Fetched {
  /** Of Kafka's protocol; 0 for none. */
  readonly errorCode: number;
  readonly groups: readonly FetchedGroup[];
  /** Of what is read committed: whose records are to be passed over. */
  readonly aborted: readonly AbortedTransaction[];
  /** When the broker took the last group, milliseconds since 1970. */
  readonly takenAtMs: number;
  /** Of topics that others write: what stands behind the groups and is not read. */
  readonly refused?: RefusedBatch | undefined;
}

/** A batch that would take too much memory, or cannot be unpacked. */
export interface RefusedBatch {
  readonly offset: number;
  /** Where the batch behind it begins. */
  readonly next: number;
  readonly reason: string;
}
