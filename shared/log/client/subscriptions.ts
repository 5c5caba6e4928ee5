/** The subscriptions of one client, over one connection after another. Touches the world: timers. */
import type { SheafError } from '../../errors.ts';
import type { Connection } from '../../transport/connection.ts';
import type { Frame } from '../../transport/frame.ts';
import type { LogBatch, Subscription } from '../log.ts';
import { parseEntries, type SubscribeHeader } from '../wire.ts';
import { nextId } from './ids.ts';

type OnBatch = (batch: LogBatch) => void | Promise<void>;

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

  subscribe(partition: string, from: number, onBatch: OnBatch): Subscription {
    const consumer = new Consumer(partition, from, onBatch);
    this.all.add(consumer);
    this.start(consumer);
    return { partition, close: () => this.end(consumer) };
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
    this.byId.get(frame.id)?.receive({ ...parseEntries(frame.header), bytes: frame.body });
  }

  /** False when the id is of no subscription. */
  failed(id: number, error: SheafError): boolean {
    const consumer = this.byId.get(id);
    if (consumer === undefined) return false;
    this.byId.delete(id);
    consumer.stop();
    consumer.retry = setTimeout(() => this.start(consumer), askAgainAfterMs);
    this.onFailure(consumer.partition, error);
    return true;
  }

  close(): void {
    for (const consumer of this.all) this.end(consumer);
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

/** Hands batches to one subscriber, one after another, and gives credit for those it is done with. */
class Consumer {
  readonly partition: string;
  retry: NodeJS.Timeout | undefined;
  private readonly onBatch: OnBatch;
  private readonly queue: LogBatch[] = [];
  private sender: { readonly connection: Connection; readonly id: number } | null = null;
  /** The next offset to ask for: one after the last that was received. */
  private position: number;
  /** Batches received that the subscriber is not done with. */
  private held = 0;
  /** Batches done with, for which credit was not given back. */
  private owed = 0;
  private delivering = false;
  private ended = false;

  constructor(partition: string, from: number, onBatch: OnBatch) {
    this.partition = partition;
    this.position = from;
    this.onBatch = onBatch;
  }

  start(connection: Connection, id: number): void {
    clearTimeout(this.retry);
    this.sender = { connection, id };
    this.owed = 0;
    const header: SubscribeHeader = { partition: this.partition, from: this.position, credit: window - this.held };
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

  receive(batch: LogBatch): void {
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
