/** What sources ask of a Kafka cluster. */
import type { SheafError } from '../../shared/errors.ts';
import type { Message } from '../route/messages.ts';

export interface TopicMessage extends Message {
  /** As they were sent, in their order; a name may come twice. */
  readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
}

/** A record to be written. */
export interface TopicRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[];
}

export interface TopicFacts {
  /** A UUID: a topic made again under its name has another. */
  readonly id: string;
  readonly partitions: number;
}

/** A partition that is read on; what was read is held here until it is dropped. */
export interface TopicReading {
  /** In the order of their offsets. */
  readonly held: readonly TopicMessage[];
  /** Everything below was read. */
  readonly position: number;
  /** Where Kafka no longer has what comes next: the first that it has. */
  readonly earliest: number | null;
  /** Why nothing is read beyond the position; null where it is read on. */
  readonly fault: SheafError | null;
  /** Lets go of the messages below. */
  drop(before: number): void;
  /** Resolves when there is more than now, or it was closed. */
  more(): Promise<void>;
  close(): void;
}

/** Each call throws SOURCE_UNREACHABLE where no broker answers in time. */
export interface SourceCluster {
  /** Undefined where there is no such topic. */
  describe(topic: string): Promise<TopicFacts | undefined>;
  /** Of partitions 0 to `partitions` − 1 the offset that comes next, or the first that is there. */
  offsets(topic: string, partitions: number, which: 'latest' | 'earliest'): Promise<number[]>;
  /** Reads on, whatever becomes of the brokers. */
  read(topic: string, topicId: string, partition: number, from: number): TopicReading;
  /**
   * Appends to partition 0 some of the first records, in this order; resolves when they are as durable as Kafka makes them. Where it fails, they may be there.
   * @param records at least one
   * @returns how many, at least one
   * @throws SheafError DEAD_LETTER_REFUSED where the topic takes the first not even by itself
   */
  write(topic: string, records: readonly TopicRecord[]): Promise<number>;
  /** Makes a topic of one partition that keeps everything, where there is none. */
  create(topic: string): Promise<void>;
  close(): Promise<void>;
}
