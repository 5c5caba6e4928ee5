/** The log over a framed connection. Touches the world: sockets and timers. */
import { SheafError } from '../errors.ts';
import type { FrameType } from '../protocol/frames.ts';
import type { Secret } from '../secret/proof.ts';
import type { Address, FollowAddress } from '../transport/address.ts';
import { failureOf } from '../transport/calls.ts';
import type { Connection, ConnectionEvents } from '../transport/connection.ts';
import { dial, type Dialled } from '../transport/dial.ts';
import type { Frame } from '../transport/frame.ts';
import { Greeting } from './client/greeting.ts';
import { RequestQueue } from './client/requests.ts';
import { SubscriptionClient } from './client/subscriptions.ts';
import type { KeyedRequest } from './keyed-requests.ts';
import type { AppendedOnce, Log, LogBatch, SkippedBatch, Subscription } from './log.ts';
import type { AppendBatch, Appended } from './append-batch.ts';
import { appendBytesMax, packAppend, parseAppended, parseAppendedOnce, parseGreeting } from './wire.ts';
import { parseEarliest, parseHeads, parseHeadsWord, parseSkipped, parseTrimmed } from './wire.ts';
import type { FollowWord, HeadsWord, SkipHeader, TrimHeader } from './wire.ts';

export interface LogClientOptions {
  /** Where the log is, or what tells it. */
  readonly address: Address | FollowAddress;
  /** Of the cluster; left out where it has none. */
  readonly secret?: Secret | undefined;
  /** Uniform in [0, 1): spreads reconnects. */
  readonly random: () => number;
  /**
   * Names this client in this incarnation of its process, and no other ever: the log takes appends of one producer
   * with the same sequence number, which begins at 1 in each client, for repeats.
   */
  readonly producer: string;
  /** The log to stay with; without it, the first that is met. Nothing is asked of any other. */
  readonly identity?: string | undefined;
  /** Told on every connection to that log. */
  readonly onIdentity?: (identity: string) => void;
  /**
   * Told of every change between connected and not, with the reason for the latter: LOG_REPLACED when another log
   * answers.
   */
  readonly onStateChange?: (connected: boolean, reason?: SheafError) => void;
  /**
   * Told with each beat of the connection how far the partitions of the log have come. Where it is left out, the log is
   * not asked to tell it.
   */
  readonly onHeads?: (heads: HeadsWord) => void;
  /** Told now and then of partitions that the log has lost as a whole, since somebody else removed them. A log that is a process loses none. */
  readonly onLost?: (partitions: readonly string[]) => void;
  /**
   * Told when the log cannot read what a subscription asks for; it is asked again every second, unless that is over: by
   * LOG_REPLACED or LOG_TRIMMED.
   */
  readonly onSubscriptionFailure?: (partition: string, error: SheafError) => void;
}

const timeoutMsDefault = 10_000;

/** Frames that answer a request. */
const answers: ReadonlySet<FrameType> = new Set(['appended', 'heads', 'skipped', 'earliest', 'trimmed']);

/**
 * Connects, and stays so until closed. What is asked while there is no connection waits for one, but for that of a log that
 * has another secret: SECRET_WRONG.
 */
export function connectLog(options: LogClientOptions): Log {
  return new LogClient(options);
}

class LogClient implements Log {
  private readonly options: LogClientOptions;
  private readonly greeting: Greeting;
  private readonly requests = new RequestQueue();
  private readonly subscriptions: SubscriptionClient;
  private readonly dialled: Dialled;
  private readonly following: { close(): void } | null;
  private lastSequence = 0;
  private connected = false;

  constructor(options: LogClientOptions) {
    this.options = options;
    this.greeting = new Greeting(options.identity ?? null);
    this.subscriptions = new SubscriptionClient((partition, error) =>
      options.onSubscriptionFailure?.(partition, error),
    );
    const { address } = options;
    const isMoving = typeof address === 'function';
    this.dialled = dial(
      { address: isMoving ? null : address, random: options.random, secret: options.secret },
      {
        onConnection: (connection) => this.attach(connection),
        onFailure: (error) => {
          if (error.code === 'SECRET_WRONG') this.requests.refuse(error);
          this.options.onStateChange?.(false, error);
        },
      },
    );
    this.following = isMoving ? address((to) => this.dialled.moveTo(to)) : null;
  }

  async identity({ timeoutMs = timeoutMsDefault } = {}): Promise<string> {
    return await this.greeting.identity(timeoutMs);
  }

  async append(batches: readonly AppendBatch[], { timeoutMs = timeoutMsDefault } = {}): Promise<Appended[]> {
    if (batches.length === 0) return [];
    return parseAppended(await this.askAppend(batches, [], timeoutMs));
  }

  async appendOnce(
    batches: readonly AppendBatch[],
    requests: readonly KeyedRequest[],
    { timeoutMs = timeoutMsDefault } = {},
  ): Promise<AppendedOnce> {
    if (requests.length === 0) return { appended: await this.append(batches, { timeoutMs }), outcomes: [] };
    return parseAppendedOnce(await this.askAppend(batches, requests, timeoutMs), requests.length);
  }

  async heads(partitions: readonly string[], { timeoutMs = timeoutMsDefault } = {}): Promise<number[]> {
    if (partitions.length === 0) return [];
    const header = { partitions };
    const answer = await this.requests.ask({ type: 'askHeads', header, body: [], sizeBytes: 0, timeoutMs });
    return parseHeads(answer, partitions.length);
  }

  async earliest(partitions: readonly string[], { timeoutMs = timeoutMsDefault } = {}): Promise<number[]> {
    if (partitions.length === 0) return [];
    const header = { partitions };
    const answer = await this.requests.ask({ type: 'askEarliest', header, body: [], sizeBytes: 0, timeoutMs });
    return parseEarliest(answer, partitions.length);
  }

  async trim(
    partition: string,
    before: number,
    { timeoutMs = timeoutMsDefault }: { readonly timeoutMs?: number } = {},
  ): Promise<number> {
    const header: TrimHeader = { partition, before };
    return parseTrimmed(await this.requests.ask({ type: 'trim', header, body: [], sizeBytes: 0, timeoutMs })).earliest;
  }

  async skip(
    partition: string,
    offset: number,
    { timeoutMs = timeoutMsDefault }: { readonly timeoutMs?: number } = {},
  ): Promise<SkippedBatch> {
    const header: SkipHeader = { partition, offset };
    return parseSkipped(await this.requests.ask({ type: 'skip', header, body: [], sizeBytes: 0, timeoutMs }));
  }

  subscribe(
    partition: string,
    from: number,
    onBatch: (batch: LogBatch) => void | Promise<void>,
    onRefused?: (error: SheafError) => void,
  ): Subscription {
    return this.subscriptions.subscribe({ partition, from, onBatch, onRefused });
  }

  async close(): Promise<void> {
    this.subscriptions.close();
    this.requests.close();
    this.greeting.close();
    this.following?.close();
    this.dialled.close();
  }

  private async askAppend(
    batches: readonly AppendBatch[],
    requests: readonly KeyedRequest[],
    timeoutMs: number,
  ): Promise<unknown> {
    const body = batches.map((batch) => batch.bytes);
    const sizeBytes = body.reduce((sum, bytes) => sum + bytes.length, 0);
    if (sizeBytes > appendBytesMax) {
      throw new SheafError('BODY_TOO_LARGE', { detail: { limitBytes: appendBytesMax, actualBytes: sizeBytes } });
    }
    const header = packAppend({
      producer: this.options.producer,
      sequence: ++this.lastSequence,
      batches: batches.map(({ partition, count, bytes }) => ({ partition, count, bytes: bytes.length })),
      requests,
    });
    return await this.requests.ask({ type: 'append', header, body, sizeBytes, timeoutMs });
  }

  private attach(connection: Connection): ConnectionEvents {
    let isGreeted = false;
    return {
      onFrame: (frame) => {
        if (isGreeted) return this.receive(frame);
        isGreeted = true;
        this.greeted(connection, frame);
      },
      onWord: (word) => {
        const heads = parseHeadsWord(word);
        if (heads !== null) this.options.onHeads?.(heads);
      },
      onClose: (reason) => {
        this.requests.detach();
        this.subscriptions.detach();
        this.changeState(false, reason);
      },
    };
  }

  private greeted(connection: Connection, frame: Frame): void {
    const refusal = this.greeting.receive(frame);
    // The connection to another log is kept, and nothing asked over it, for as long as that log is there.
    if (refusal !== null) return this.options.onStateChange?.(false, refusal);
    this.options.onIdentity?.(parseGreeting(frame.header).identity);
    // Appends first: they have timers running.
    this.requests.attach(connection);
    this.subscriptions.attach(connection);
    if (this.options.onHeads !== undefined) connection.send('ping', 0, { follows: 'heads' } satisfies FollowWord);
    this.changeState(true);
  }

  private receive(frame: Frame): void {
    const { type, id, header } = frame;
    if (type === 'entries') return this.subscriptions.received(frame);
    if (answers.has(type)) return this.requests.answered(id, header);
    if (type !== 'failure') throw new SheafError('FRAME_INVALID', { detail: { field: 'type', type } });
    const error = failureOf(header);
    if (!this.subscriptions.failed(id, error)) this.requests.failed(id, error);
  }

  private changeState(connected: boolean, reason?: SheafError): void {
    if (this.connected === connected) return;
    this.connected = connected;
    this.options.onStateChange?.(connected, reason);
  }
}
