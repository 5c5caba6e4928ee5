/**
 * One write request on its way through the parse worker into the log.
 *
 * Memory is bounded: the body is read on only while few chunks wait in the worker and few appends for the log.
 */
import { SheafError, type ErrorBody } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { Appended, Log } from '../../shared/log/log.ts';
import type { Rejection } from './bulk-router.ts';
import type { FromWorker } from './route-messages.ts';

export interface WriteResult {
  /** Puts and deletes that are durable. */
  readonly accepted: number;
  readonly rejected: number;
  /** The first `limits.rejectedListedMax` of those rejected. */
  readonly rejections: readonly Rejection[];
  readonly appended: readonly Appended[];
  /** Why the request ended before its body did; what was accepted until then stays. */
  readonly fault: SheafError | null;
}

const chunksWaitingMax = 8;
const appendsWaitingMax = 4;

export class WriteJob {
  private readonly log: Log;
  private readonly rejections: Rejection[] = [];
  private readonly appended: Appended[] = [];
  private readonly appends = new Set<Promise<void>>();
  private readonly over = Promise.withResolvers<void>();
  private accepted = 0;
  private rejected = 0;
  private chunksWaiting = 0;
  private fault: SheafError | null = null;
  private wake: (() => void) | null = null;

  constructor(log: Log) {
    this.log = log;
  }

  get hasFault(): boolean {
    return this.fault !== null;
  }

  noteChunkSent(): void {
    this.chunksWaiting++;
  }

  /** The first fault of a request is the one that is told. */
  noteFault(fault: SheafError): void {
    this.fault ??= fault;
    this.over.resolve();
    this.wakeUp();
  }

  receive(message: FromWorker): void {
    this.chunksWaiting -= message.chunks;
    this.rejected += message.rejections.length;
    const room = limits.rejectedListedMax - this.rejections.length;
    this.rejections.push(...message.rejections.slice(0, room));
    if (message.batches.length > 0 && this.fault === null) this.startAppend(message.batches);
    if (message.over !== null) {
      if (message.over.fault !== null) this.noteFault(asError(message.over.fault));
      this.over.resolve();
    }
    this.wakeUp();
  }

  /** Resolves when more of the body may be sent to the worker. */
  async room(): Promise<void> {
    while (this.fault === null && (this.chunksWaiting >= chunksWaitingMax || this.appends.size >= appendsWaitingMax)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Resolves when the worker is done with the job or a fault ended it, and every append has ended. */
  async finish(): Promise<WriteResult> {
    await this.over.promise;
    await Promise.all(this.appends);
    const { accepted, rejected, rejections, appended, fault } = this;
    return { accepted, rejected, rejections, appended, fault };
  }

  private startAppend(batches: FromWorker['batches']): void {
    const append = this.append(batches).finally(() => {
      this.appends.delete(append);
      this.wakeUp();
    });
    this.appends.add(append);
  }

  private async append(batches: FromWorker['batches']): Promise<void> {
    try {
      this.appended.push(...(await this.log.append(batches)));
      for (const { count } of batches) this.accepted += count;
    } catch (error) {
      this.noteFault(error instanceof SheafError ? error : new SheafError('INTERNAL', { cause: error }));
    }
  }

  private wakeUp(): void {
    this.wake?.();
    this.wake = null;
  }
}

function asError(body: ErrorBody): SheafError {
  return new SheafError(body.code, body.detail === undefined ? {} : { detail: body.detail });
}
