/** One partition of a topic that is read on: asks for more as long as little is held. Touches the world through the tail. */
import { asSheafError, SheafError } from '../../../shared/errors.ts';
import { earliest, kafkaFaults, type Brokers } from '../../../shared/log/kafka/brokers.ts';
import type { Fetched } from '../../../shared/log/kafka/fetched.ts';
import type { Place } from '../../../shared/log/kafka/names.ts';
import type { Source, Tail } from '../../../shared/log/kafka/tail.ts';
import type { TopicMessage, TopicReading } from '../source-cluster.ts';
import { sizeOf } from '../size-of.ts';
import { committed } from './committed.ts';

/** Messages and bytes that are held, beyond which no more is asked for. */
const heldMax = 16_384;
const heldBytesMax = 8 * 1024 * 1024;

export interface ReadingParts {
  readonly tail: Pick<Tail, 'add' | 'delete' | 'hasRoom'>;
  readonly brokers: Pick<Brokers, 'offsets'>;
  readonly place: Place;
  readonly topicId: string;
  readonly from: number;
  readonly onFault: (error: unknown) => void;
}

export class KafkaReading implements TopicReading, Source {
  readonly place: Place;
  readonly topicId: string;
  held: TopicMessage[] = [];
  earliest: number | null = null;
  fault: SheafError | null = null;
  private readonly parts: ReadingParts;
  private next_: number;
  private heldBytes = 0;
  private isClosed = false;
  private wake = Promise.withResolvers<void>();

  constructor(parts: ReadingParts) {
    this.parts = parts;
    this.place = parts.place;
    this.topicId = parts.topicId;
    this.next_ = parts.from;
    parts.tail.add(this);
  }

  get next(): number {
    return this.next_;
  }

  get position(): number {
    return this.next_;
  }

  get hasRoom(): boolean {
    const isOver = this.isClosed || this.earliest !== null || this.fault !== null;
    return !isOver && this.held.length < heldMax && this.heldBytes < heldBytesMax;
  }

  take({ errorCode, groups, aborted, refused }: Fetched, from: number): void {
    if (this.isClosed || from !== this.next_) return;
    if (errorCode === kafkaFaults.offsetOutOfRange) return void this.lookForEarliest();
    if (refused !== undefined) {
      const { topic, number: partition } = this.place;
      this.fault = new SheafError('SOURCE_BATCH_REFUSED', { detail: { topic, partition, ...refused } });
    } else if (groups.length === 0) return;
    const { messages, next } = committed(groups, aborted, from);
    for (const message of messages) {
      this.held.push(message);
      this.heldBytes += sizeOf(message);
    }
    this.next_ = next;
    this.tell();
  }

  drop(before: number): void {
    let count = 0;
    while (count < this.held.length && this.held[count]!.offset < before) this.heldBytes -= sizeOf(this.held[count++]!);
    this.held.splice(0, count);
    if (this.hasRoom) this.parts.tail.hasRoom(this);
  }

  async more(): Promise<void> {
    await this.wake.promise;
  }

  close(): void {
    this.isClosed = true;
    this.held = [];
    this.parts.tail.delete(this);
    this.tell();
  }

  private tell(): void {
    const { resolve } = this.wake;
    this.wake = Promise.withResolvers<void>();
    resolve();
  }

  private async lookForEarliest(): Promise<void> {
    try {
      const [first] = await this.parts.brokers.offsets([this.place], earliest);
      // Beyond the end: an older copy of the topic, of which the topic's keeper has to say something.
      this.earliest = Math.max(first!, 0);
      this.tell();
    } catch (error) {
      this.parts.onFault(asSheafError(error));
    }
  }
}
