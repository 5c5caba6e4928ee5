/**
 * Requests to the log, answered once each, over one connection after another. What is unanswered when a connection
 * ends is sent again over the next, in its old order. Touches the world: timers.
 */
import { asSheafError, SheafError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { FrameType } from '../../protocol/frames.ts';
import type { Connection } from '../../transport/connection.ts';
import { appendsRememberedMax } from '../wire.ts';
import { nextId } from './ids.ts';

export interface Request {
  readonly type: FrameType;
  readonly header: unknown;
  readonly body: readonly Uint8Array[];
  readonly sizeBytes: number;
  /** From asking to the answer, reconnects included. */
  readonly timeoutMs: number;
}

interface Waiting {
  readonly request: Request;
  readonly resolve: (header: unknown) => void;
  readonly reject: (error: SheafError) => void;
  readonly timer: NodeJS.Timeout;
  /** Its id on the current connection; undefined while it is not sent. */
  id: number | undefined;
}

/** Bytes sent and not yet answered, beyond which requests wait here; one request alone may be larger. */
const sentBytesMax = limits.frameBytesMax;

export class RequestQueue {
  private connection: Connection | null = null;
  private unsent = new Set<Waiting>();
  private sent = new Map<number, Waiting>();
  private sentBytes = 0;
  private lastId = -1;
  private closed = false;

  /**
   * The header of the answer.
   * @throws SheafError LOG_UNAVAILABLE after the timeout; otherwise what the log answered
   */
  async ask(request: Request): Promise<unknown> {
    if (this.closed) throw unavailable('the connection to the log was closed');
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      this.remove(waiting);
      reject(unavailable(`no answer in ${request.timeoutMs} ms`));
      this.sendMore();
    }, request.timeoutMs);
    const waiting: Waiting = { request, resolve, reject, timer, id: undefined };
    this.unsent.add(waiting);
    this.sendMore();
    return await promise;
  }

  attach(connection: Connection): void {
    for (const waiting of this.sent.values()) waiting.id = undefined;
    this.unsent = new Set([...this.sent.values(), ...this.unsent]);
    this.sent = new Map();
    this.sentBytes = 0;
    this.connection = connection;
    this.sendMore();
  }

  detach(): void {
    this.connection = null;
  }

  /** The log cannot be asked, and why: what was not sent ends. What was sent may have been done. */
  refuse(error: SheafError): void {
    for (const waiting of this.unsent) {
      this.remove(waiting);
      waiting.reject(error);
    }
  }

  answered(id: number, header: unknown): void {
    this.settle(id)?.resolve(header);
  }

  failed(id: number, error: SheafError): void {
    this.settle(id)?.reject(error);
  }

  close(): void {
    this.closed = true;
    for (const waiting of [...this.sent.values(), ...this.unsent]) {
      this.remove(waiting);
      waiting.reject(unavailable('the connection to the log was closed'));
    }
  }

  private settle(id: number): Waiting | undefined {
    // None when it timed out before.
    const waiting = this.sent.get(id);
    if (waiting === undefined) return undefined;
    this.remove(waiting);
    this.sendMore();
    return waiting;
  }

  private remove(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.unsent.delete(waiting);
    if (waiting.id === undefined || !this.sent.delete(waiting.id)) return;
    this.sentBytes -= waiting.request.sizeBytes;
  }

  /** At once and not at the end of the turn: who asked may be busy until then, and the log has nothing to do. */
  private sendMore(): void {
    for (const waiting of this.unsent) {
      if (this.connection === null || !this.hasRoomFor(waiting.request)) break;
      this.send(this.connection, waiting);
    }
    this.connection?.flush();
  }

  private hasRoomFor(request: Request): boolean {
    if (this.sent.size === 0) return true;
    return this.sent.size < appendsRememberedMax && this.sentBytes + request.sizeBytes <= sentBytesMax;
  }

  private send(connection: Connection, waiting: Waiting): void {
    const { type, header, body, sizeBytes } = waiting.request;
    this.lastId = nextId(this.lastId, this.sent);
    try {
      connection.send(type, this.lastId, header, body);
    } catch (error) {
      this.remove(waiting);
      return waiting.reject(asSheafError(error));
    }
    this.unsent.delete(waiting);
    waiting.id = this.lastId;
    this.sent.set(this.lastId, waiting);
    this.sentBytes += sizeBytes;
  }
}

function unavailable(reason: string): SheafError {
  return new SheafError('LOG_UNAVAILABLE', { detail: { reason } });
}
