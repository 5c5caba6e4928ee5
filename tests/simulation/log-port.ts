/**
 * The log as one process has it: over a network that delays and loses, and away at times. An append that may not have
 * arrived is sent again under its number, as the client of the log does it.
 */
import { SheafError } from '../../shared/errors.ts';
import type { AppendBatch, Appended } from '../../shared/log/append-batch.ts';
import type { KeyedRequest } from '../../shared/log/keyed-requests.ts';
import type { AppendedOnce, Log, LogBatch, SkippedBatch, Subscription } from '../../shared/log/log.ts';
import type { Random } from '../../shared/random/random.ts';
import type { SimLog } from './sim-log.ts';
import type { VirtualTime } from './virtual-time.ts';

const appendTimeoutMs = 2000;
const sendAgainMs = 150;
const lossChance = 0.03;

export interface PortWorld {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly log: SimLog;
  readonly logFaults: LogFaults;
}

export interface LogFaults {
  /** It does not answer. */
  isAway: boolean;
  /** Messages to it and from it are lost at times. */
  isLossy: boolean;
}

type Write = (batches: readonly AppendBatch[]) => readonly AppendBatch[];

export class LogPort implements Log {
  /** Whether the process and the log hear each other. */
  isCut = false;
  private hasEnded = false;
  private readonly world: PortWorld;
  /** What a process writes is as its version writes it. */
  private readonly write: Write;
  /** Names it as no other ever. */
  private readonly producer: string;
  private sequence = 0;

  constructor(producer: string, world: PortWorld, write: Write = (all) => all) {
    this.producer = producer;
    this.world = world;
    this.write = write;
  }

  /** The process is gone: nothing is heard of it, and it hears nothing. */
  end(): void {
    this.hasEnded = true;
  }

  async append(batches: readonly AppendBatch[]): Promise<Appended[]> {
    return (await this.appendOnce(batches, [])).appended;
  }

  async appendOnce(batches: readonly AppendBatch[], requests: readonly KeyedRequest[]): Promise<AppendedOnce> {
    const append = { producer: this.producer, sequence: ++this.sequence, batches: this.write(batches), requests };
    return await this.ask(appendTimeoutMs, () => this.world.log.append(append));
  }

  async heads(partitions: readonly string[], { timeoutMs = appendTimeoutMs } = {}): Promise<number[]> {
    return await this.ask(timeoutMs, () => this.world.log.heads(partitions));
  }

  subscribe(partition: string, from: number, onBatch: (batch: LogBatch) => void | Promise<void>): Subscription {
    let isClosed = false;
    const isOver = (): boolean => isClosed || this.hasEnded;
    const subscription = this.world.log.subscribe(partition, from, async (batch) => {
      do await this.pause();
      while (!this.isThere && !isOver());
      if (!isOver()) await onBatch(batch);
    });
    const close = (): void => {
      isClosed = true;
      subscription.close();
    };
    return { partition, close };
  }

  async identity(): Promise<string> {
    return Promise.reject(notAsked());
  }

  async earliest(): Promise<number[]> {
    return Promise.reject(notAsked());
  }

  async trim(): Promise<number> {
    return Promise.reject(notAsked());
  }

  async skip(): Promise<SkippedBatch> {
    return Promise.reject(notAsked());
  }

  async close(): Promise<void> {
    this.end();
    return Promise.resolve();
  }

  private get isThere(): boolean {
    return !this.isCut && !this.world.logFaults.isAway;
  }

  private get passes(): boolean {
    const { logFaults, random } = this.world;
    return this.isThere && !this.hasEnded && !(logFaults.isLossy && random.chance(lossChance));
  }

  private delayMs(): number {
    const { random } = this.world;
    return random.chance(0.03) ? random.next() * 200 : 0.2 + random.next() * 3;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => void this.world.time.after(this.delayMs(), () => resolve()));
  }

  /** Asked again and again until it is answered, or the time is over. */
  private ask<T>(timeoutMs: number, act: () => Promise<T>): Promise<T> {
    const { time } = this.world;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const finish = (end: () => void): void => {
        if (isOver || this.hasEnded) return;
        isOver = true;
        end();
      };
      // What was sent over a connection of before is neither answered nor taken any more.
      let sent = 0;
      const send = (): void => {
        if (isOver || this.hasEnded) return;
        const connection = ++sent;
        const answer = (end: () => void): void => {
          if (this.passes) time.after(this.delayMs(), () => connection === sent && finish(end));
        };
        time.after(sendAgainMs, send);
        if (!this.passes) return;
        time.after(this.delayMs(), () => {
          if (!this.isThere || connection !== sent) return;
          act().then(
            (value) => answer(() => resolve(value)),
            (error: unknown) => answer(() => reject(error)),
          );
        });
      };
      time.after(timeoutMs, () => finish(() => reject(new SheafError('LOG_UNAVAILABLE'))));
      send();
    });
  }
}

function notAsked(): Error {
  return new Error('what is simulated does not ask it');
}
