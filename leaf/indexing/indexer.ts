/**
 * The answering thread's side of the indexing thread. Touches the world: starts the thread.
 *
 * Bytes that were handed over and not read yet are counted; while there are more than the limit, hand-overs wait.
 * That is what slows the log down when indexing cannot keep up, and bounds the memory of both threads. They wait as well
 * while nothing can be written to disk: what is taken in then would never leave memory.
 */
import { Worker } from 'node:worker_threads';
import type { LogBatch } from '../../shared/log/log.ts';
import type { IndexingSettings } from './indexing-loop.ts';
import type { FromIndexing, HandedBatch, ToIndexing } from './messages.ts';

/** Bytes of batches on their way to the indexing thread. */
const waitingBytesMax = 32 * 1024 * 1024;

export interface IndexerEvents {
  readonly onMessage: (message: FromIndexing) => void;
  /** The thread ended by a fault of the program. */
  readonly onCrash: (error: Error) => void;
}

export class Indexer {
  private readonly worker: Worker;
  private readonly events: IndexerEvents;
  private waitingBytes = 0;
  private diskIsIll = false;
  /** Hand-overs that wait for room, oldest first. */
  private readonly waiting: (() => void)[] = [];
  /** Handed over in this turn of the event loop. */
  private handed: HandedBatch[] = [];
  private readonly ended: Promise<void>;

  constructor(settings: IndexingSettings, events: IndexerEvents) {
    this.events = events;
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: settings });
    this.worker.on('message', (message: FromIndexing) => this.receive(message));
    this.worker.on('error', (error: unknown) => {
      events.onCrash(error instanceof Error ? error : new Error(String(error)));
    });
    this.ended = new Promise((resolve) => this.worker.once('exit', () => resolve()));
  }

  send(message: ToIndexing): void {
    this.passOn();
    this.worker.postMessage(message, []);
  }

  /** Hands over a batch at the end of the turn; resolves when there is room for another. The batch's bytes are copied. */
  async hand(replica: number, batch: LogBatch): Promise<void> {
    // The bytes are a piece of received memory. Cloning would copy all of that, so a copy of their own is moved.
    const bytes = new Uint8Array(batch.bytes);
    const { firstOffset, count, skipped } = batch;
    this.waitingBytes += bytes.length;
    if (this.handed.length === 0) setImmediate(() => this.passOn());
    this.handed.push({ replica, firstOffset, count, bytes, ...(skipped === true ? { skipped } : {}) });
    if (this.hasRoom) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Whether nothing can be written to disk, so that nothing is taken in. */
  get isStalled(): boolean {
    return this.diskIsIll;
  }

  /** Lets the thread write everything and ends it. */
  async stop(): Promise<void> {
    this.send({ kind: 'stop' });
    await this.ended;
    this.release();
  }

  /** In one message, and before any other, because what is said of a replica may follow on its batches. */
  private passOn(): void {
    const batches = this.handed;
    if (batches.length === 0) return;
    this.handed = [];
    const message: ToIndexing = { kind: 'batches', batches };
    this.worker.postMessage(
      message,
      batches.map(({ bytes }) => bytes.buffer),
    );
  }

  private get hasRoom(): boolean {
    return !this.diskIsIll && this.waitingBytes <= waitingBytesMax;
  }

  private receive(message: FromIndexing): void {
    if (message.kind === 'taken') this.waitingBytes -= message.bytes;
    if (message.kind === 'diskIll') this.diskIsIll = true;
    if (message.kind === 'diskWell') this.diskIsIll = false;
    if (this.hasRoom) this.release();
    this.events.onMessage(message);
  }

  private release(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
