/** The subscriptions of one client, over one connection after another. Touches the world: timers. */
import { SheafError } from '../../errors.ts';
import { hashBytes64 } from '../../hashing/hash.ts';
import type { Connection } from '../../transport/connection.ts';
import type { Frame } from '../../transport/frame.ts';
import type { LogBatch, Subscription } from '../log.ts';
import { parseEntries, type SubscribeHeader } from '../wire.ts';
import { nextId } from './ids.ts';

export interface Subscribing {
  readonly partition: string;
  readonly from: number;
  readonly onBatch: (batch: LogBatch) => void | Promise<void>;
  /** See Log.subscribe. */
  readonly onRefused: ((error: SheafError) => void) | undefined;
}

/** Batches of one subscription on their way or held here: enough that the next is here when one is done. */
const window = 4;
const askAgainAfterMs = 1000;

export class SubscriptionClient {
  private readonly onFailure: (partition: string, error: SheafError) => void;
  private readonly all = new Set<Consumer>();
  private readonly byId = new Map<number, Consumer>();
  private connection: Connection | null = null;
  private lastId = 0;

  constructor(onFailure: (partition: string, error: SheafError) => void) {
    this.onFailure = onFailure;
  }

  subscribe(asked: Subscribing): Subscription {
    const consumer = new Consumer(asked);
    this.all.add(consumer);
    this.start(consumer);
    return { partition: asked.partition, close: () => this.end(consumer) };
  }

  attach(connection: Connection): void {
    this.connection = connection;
    for (const consumer of this.all) this.start(consumer);
  }

  detach(): void {
    this.connection = null;
    this.byId.clear();
    for (const consumer of this.all) consumer.stop();
  }

  received(frame: Frame): void {
    // None when it was closed while this was under way.
    const consumer = this.byId.get(frame.id);
    if (consumer === undefined) return;
    const batch = { ...parseEntries(frame.header), bytes: frame.body };
    if (!consumer.isOtherThanBefore(batch)) return consumer.receive(batch);
    const { partition, firstOffset } = batch;
    const reason = 'the last batch that was read is another now';
    this.refused(consumer, new SheafError('LOG_REPLACED', { detail: { partition, firstOffset, reason } }));
  }

  /** False when the id is of no subscription. */
  failed(id: number, error: SheafError): boolean {
    const consumer = this.byId.get(id);
    if (consumer === undefined) return false;
    if (error.code === 'LOG_REPLACED' || isMissed(consumer, error)) {
      this.refused(consumer, error);
      return true;
    }
    this.byId.delete(id);
    consumer.stop();
    if (error.code === 'LOG_TRIMMED') {
      consumer.acceptTrimmed();
      this.start(consumer);
      return true;
    }
    consumer.retry = setTimeout(() => this.start(consumer), askAgainAfterMs);
    this.onFailure(consumer.partition, error);
    return true;
  }

  close(): void {
    for (const consumer of this.all) this.end(consumer);
  }

  /** What was read is not what this log has, or what comes next was trimmed: reading on would mix histories, or leave a gap. */
  private refused(consumer: Consumer, error: SheafError): void {
    this.end(consumer);
    this.onFailure(consumer.partition, error);
    consumer.onRefused?.(error);
  }

  private start(consumer: Consumer): void {
    if (this.connection === null) return;
    this.lastId = nextId(this.lastId, this.byId);
    this.byId.set(this.lastId, consumer);
    consumer.start(this.connection, this.lastId);
  }

  private end(consumer: Consumer): void {
    const id = consumer.end();
    if (id !== undefined) this.byId.delete(id);
    this.all.delete(consumer);
  }
}

/** Whether what was trimmed is more than what proves that the log is the one of before. */
function isMissed(consumer: Consumer, { code, detail }: SheafError): boolean {
  return code === 'LOG_TRIMMED' && !(Number(detail['earliest']) <= consumer.next);
}

/** Hands batches to one subscriber, one after another, and gives credit for those it is done with. */
class Consumer {
  readonly partition: string;
  readonly onRefused: Subscribing['onRefused'];
  retry: NodeJS.Timeout | undefined;
  private readonly onBatch: Subscribing['onBatch'];
  private readonly queue: LogBatch[] = [];
  private sender: { readonly connection: Connection; readonly id: number } | null = null;
  /** The next offset to ask for: one after the last that was received. */
  private position: number;
  /** The last batch received. Each new connection must begin with it, as proof that the log is the one of before. */
  private last: { readonly firstOffset: number; readonly hash: bigint } | null = null;
  private isProving = false;
  /** Batches received that the subscriber is not done with. */
  private held = 0;
  /** Batches done with, for which credit was not given back. */
  private owed = 0;
  private delivering = false;
  private ended = false;

  constructor({ partition, from, onBatch, onRefused }: Subscribing) {
    this.partition = partition;
    this.position = from;
    this.onBatch = onBatch;
    this.onRefused = onRefused;
  }

  /** The next offset that is wanted. */
  get next(): number {
    return this.position;
  }

  /** The batch that would prove the log to be the one of before is not there any more. */
  acceptTrimmed(): void {
    this.last = null;
  }

  start(connection: Connection, id: number): void {
    clearTimeout(this.retry);
    this.sender = { connection, id };
    this.owed = 0;
    this.isProving = this.last !== null;
    const have = this.position - 1;
    const header: SubscribeHeader = {
      partition: this.partition,
      have,
      from: this.isProving ? have : this.position,
      credit: window - this.held + (this.isProving ? 1 : 0),
    };
    connection.send('subscribe', id, header);
  }

  stop(): void {
    clearTimeout(this.retry);
    this.sender = null;
  }

  /** Returns the id that is free now. */
  end(): number | undefined {
    const sender = this.sender;
    this.ended = true;
    this.queue.length = 0;
    this.stop();
    sender?.connection.send('cancel', sender.id, null);
    return sender?.id;
  }

  /** Whether a batch, being the first of a connection, is not the one that was the last of the connection before. */
  isOtherThanBefore({ firstOffset, bytes, skipped }: LogBatch): boolean {
    if (!this.isProving || this.last === null) return false;
    // It may have been read before it was skipped.
    if (skipped === true) return firstOffset !== this.last.firstOffset;
    return firstOffset !== this.last.firstOffset || hashBytes64(bytes) !== this.last.hash;
  }

  receive(batch: LogBatch): void {
    if (this.isProving) {
      this.isProving = false;
      return;
    }
    this.last = { firstOffset: batch.firstOffset, hash: hashBytes64(batch.bytes) };
    this.position = batch.firstOffset + batch.count;
    this.held++;
    this.queue.push(batch);
    // A subscriber that throws is a fault of the programme and ends the process as an unhandled rejection.
    if (!this.delivering) void this.deliver();
  }

  private async deliver(): Promise<void> {
    this.delivering = true;
    for (let batch = this.queue.shift(); batch !== undefined; batch = this.queue.shift()) {
      const done = this.onBatch(batch);
      if (done !== undefined) await done;
      this.giveBack();
    }
    this.delivering = false;
  }

  private giveBack(): void {
    this.held--;
    this.owed++;
    if (this.ended || this.sender === null || this.owed < window / 2) return;
    this.sender.connection.send('credit', this.sender.id, { batches: this.owed });
    this.owed = 0;
  }
}
