/** One subscription: a partition read on, its parts held back until they are decided. Touches the world through the tail and timers. */
import type { SheafError } from '../../errors.ts';
import { asSheafError } from '../../errors.ts';
import { emptyBatch } from '../batch.ts';
import { logReplaced, logTrimmed, type LogBatch } from '../log.ts';
import { kafkaFaults, latest, earliest, partitionBytesMax, type Brokers, type Topic } from './brokers.ts';
import type { Fetched } from './fetched.ts';
import type { Decisions, OlderVerdicts, PartVerdict } from './decisions.ts';
import type { Place } from './names.ts';
import { readPieces, type Piece, type RecordGroup } from './records.ts';
import type { Source, Tail } from './tail.ts';

export interface Reading {
  readonly partition: string;
  readonly from: number;
  readonly onBatch: (batch: LogBatch) => void | Promise<void>;
  /** Told once that nothing more comes: LOG_REPLACED, LOG_TRIMMED. */
  readonly onRefused: (error: SheafError) => void;
  /** Told of what cannot be read now; it is tried again. */
  readonly onFailure: (error: SheafError) => void;
}

export interface ReaderWorld {
  readonly brokers: Brokers;
  readonly tail: Tail;
  readonly decisions: Decisions;
  readonly isSkipped: (partition: string, firstOffset: number) => boolean;
}

/** Batches and bytes that wait for the subscriber, beyond which no more is asked for. */
const heldMax = 4;
const heldBytesMax = partitionBytesMax;
const retryMs = 1000;

export class Reader implements Source {
  readonly place: Place;
  readonly topicId: string;
  private readonly world: ReaderWorld;
  private readonly reading: Reading;
  private readonly older: OlderVerdicts = { verdicts: null };
  private held: Piece[] = [];
  private heldBytes = 0;
  private position: number;
  private delivering = false;
  private ended = false;
  private pausedUntil: NodeJS.Timeout | null = null;

  constructor(world: ReaderWorld, place: Place, topic: Topic, reading: Reading) {
    this.world = world;
    this.place = place;
    this.topicId = topic.id;
    this.reading = reading;
    this.position = reading.from;
    world.tail.add(this);
  }

  get next(): number {
    return this.position;
  }

  get hasRoom(): boolean {
    return !this.ended && this.pausedUntil === null && this.held.length < heldMax && this.heldBytes < heldBytesMax;
  }

  take({ errorCode, groups }: Fetched, from: number): void {
    if (from !== this.position || this.ended) return;
    if (errorCode === kafkaFaults.offsetOutOfRange) return void this.outOfRange();
    if (errorCode === kafkaFaults.unknownTopicId || errorCode === kafkaFaults.unknownTopic)
      return void this.lookAgain();
    if (groups.length === 0) return;
    try {
      const pieces = readPieces(this.reading.partition, groups, this.position);
      for (const piece of pieces) this.hold(piece);
      this.position = Math.max(this.position, endOf(groups));
    } catch (error) {
      this.fail(asSheafError(error));
    }
    if (!this.delivering) void this.deliver();
  }

  /** What is below was trimmed by this process: of what is held nothing that is below is delivered. */
  trimmed(offset: number): void {
    const [first] = this.held;
    if (first !== undefined && first.firstOffset < offset)
      this.refuse(logTrimmed(this.reading.partition, first.firstOffset, offset));
  }

  refuse(error: SheafError): void {
    if (this.ended) return;
    this.end();
    this.reading.onRefused(error);
  }

  end(): void {
    this.ended = true;
    this.held = [];
    if (this.pausedUntil !== null) clearTimeout(this.pausedUntil);
    this.world.tail.delete(this);
  }

  private hold(piece: Piece): void {
    this.held.push(piece);
    this.heldBytes += piece.bytes.length;
    this.position = piece.firstOffset + piece.count;
  }

  private async deliver(): Promise<void> {
    this.delivering = true;
    for (let [piece] = this.held; piece !== undefined && !this.ended; [piece] = this.held) {
      const batch = await this.batchOf(piece);
      if (this.ended) break;
      if (batch === null) continue;
      this.held.shift();
      this.heldBytes -= piece.bytes.length;
      const done = this.reading.onBatch(batch);
      if (done !== undefined) await done;
      if (this.hasRoom) this.world.tail.hasRoom(this);
    }
    this.delivering = false;
  }

  /** Null where it cannot be said now what becomes of a part. */
  private async batchOf({ firstOffset, count, bytes, part }: Piece): Promise<LogBatch | null> {
    const { partition } = this.reading;
    const { decisions, isSkipped } = this.world;
    let counts: PartVerdict = true;
    if (part !== null) {
      try {
        counts = decisions.known(part) ?? (await decisions.verdictOf(part, this.older));
        if (counts === 'let go') counts = await this.isLetGo(firstOffset);
      } catch (error) {
        this.reading.onFailure(asSheafError(error));
        await new Promise<void>((resolve) => void setTimeout(resolve, retryMs));
        return null;
      }
    }
    if (counts && !isSkipped(partition, firstOffset)) return { partition, firstOffset, count, bytes };
    return { partition, firstOffset, count, bytes: emptyBatch(), skipped: true };
  }

  /**
   * Whether a part counts of which nothing is known any more: it does not, where it stands still.
   * @throws SheafError LOG_UNAVAILABLE
   */
  private async isLetGo(firstOffset: number): Promise<false> {
    const [first] = await this.world.brokers.offsets([this.place], earliest);
    if (first! > firstOffset) this.refuse(logTrimmed(this.reading.partition, firstOffset, first!));
    return false;
  }

  /** What comes next is not there: it was trimmed, or this is not the log that was read. */
  private async outOfRange(): Promise<void> {
    const { brokers } = this.world;
    this.pause();
    const { partition } = this.reading;
    try {
      const [[first], [end]] = await Promise.all([
        brokers.offsets([this.place], earliest),
        brokers.offsets([this.place], latest),
      ]);
      if (this.position < first!) this.refuse(logTrimmed(partition, this.position, first!));
      else if (this.position > end!) this.refuse(logReplaced(partition, this.position - 1, end! - 1));
    } catch (error) {
      this.reading.onFailure(asSheafError(error));
    }
  }

  /** The topic may be gone for good, or not known yet to the broker that was asked. */
  private async lookAgain(): Promise<void> {
    this.pause();
    try {
      const found = await this.world.brokers.find([this.place.topic], true);
      const topic = found.get(this.place.topic);
      if (topic !== undefined && topic.id !== this.topicId)
        this.refuse(logReplaced(this.reading.partition, this.position - 1, -1));
    } catch (error) {
      this.reading.onFailure(asSheafError(error));
    }
  }

  private fail(error: SheafError): void {
    this.reading.onFailure(error);
    this.pause();
  }

  /** Asks for nothing for a while. */
  private pause(): void {
    if (this.ended || this.pausedUntil !== null) return;
    this.pausedUntil = setTimeout(() => {
      this.pausedUntil = null;
      if (this.hasRoom) this.world.tail.hasRoom(this);
    }, retryMs);
  }
}

/** The offset after the last record, which may be none of ours. */
function endOf(groups: readonly RecordGroup[]): number {
  const { firstOffset, records } = groups.at(-1)!;
  return Number(firstOffset) + (records.at(-1)?.offsetDelta ?? -1) + 1;
}
