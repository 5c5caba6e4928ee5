/**
 * One framed connection over a socket. Touches the world: the socket it is given.
 *
 * Frames sent in one turn of the event loop leave in one write. Received frames are handed over one by one, in order,
 * as soon as they are complete. Any fault ends the connection; there is no half-open state. So does a peer that does not
 * read for long: what is kept for it is bounded (unread.ts). So does one that is silent:
 * each end sends a ping where it has nothing else to say. A ping may carry a word, for peers that agreed on one.
 */
import type { Duplex } from 'node:stream';
import { asSheafError, SheafError } from '../errors.ts';
import type { FrameType } from '../protocol/frames.ts';
import { Heartbeat, heartbeatMs } from './heartbeat.ts';
import { encodeFrameHeadShared, FrameDecoder, type Frame } from './frame.ts';
import { Unread } from './unread.ts';

export interface ConnectionEvents {
  readonly onFrame: (frame: Frame) => void;
  /** Called once, whatever ended the connection. */
  readonly onClose: (reason: SheafError) => void;
  /** Asked at each beat for what its ping is to say beyond that this end is there; null where there is nothing. */
  readonly word?: () => object | null;
  /** What a ping of the peer says; where it is left out, pings are not looked at. */
  readonly onWord?: (word: unknown) => void;
}

const noBody: readonly Uint8Array[] = [];
const copiedBytesMax = 32 * 1024;

export class Connection {
  private readonly socket: Duplex;
  private readonly decoder = new FrameDecoder();
  private events: ConnectionEvents | null = null;
  /** Written in this turn of the event loop, and their bytes: they leave at its end. */
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private closed = false;
  private readonly heartbeat = new Heartbeat(performance.now());
  private readonly unread = new Unread();
  private readonly onTaken = (): void => this.unread.took();
  private beating: NodeJS.Timeout | undefined;

  constructor(socket: Duplex) {
    this.socket = socket;
    if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true);
    if ('setTimeout' in socket && typeof socket.setTimeout === 'function') socket.setTimeout(0);
  }

  /** Begins to receive. @param head bytes that arrived together with the upgrade */
  start(events: ConnectionEvents, head: Buffer): void {
    this.events = events;
    this.beating = setInterval(() => this.beat(), heartbeatMs).unref();
    this.socket.on('data', (chunk: Buffer) => this.receive(chunk));
    this.socket.on('error', (error) => this.end(unreachable(error.message)));
    this.socket.on('close', () => this.end(unreachable('the connection was closed')));
    this.socket.on('end', () => this.end(unreachable('the peer ended the connection')));
    if (head.length > 0) this.receive(head);
  }

  get isOpen(): boolean {
    return !this.closed;
  }

  /** Bytes accepted for sending that the peer has not taken yet. */
  get bufferedBytes(): number {
    return this.socket.writableLength + this.pendingBytes;
  }

  /**
   * Sends a frame; without effect on a closed connection, whose `onClose` has told already or is about to. Never calls
   * `onClose` itself.
   * @throws SheafError PARTIAL_TOO_LARGE; nothing is sent then
   */
  send(type: FrameType, id: number, header: unknown, body: readonly Uint8Array[] = noBody): void {
    if (this.closed || this.isStuck()) return;
    let bodyBytes = 0;
    for (const piece of body) bodyBytes += piece.length;
    const head = encodeFrameHeadShared(type, id, header, bodyBytes);
    this.heartbeat.sent();
    if (this.pending.length === 0) setImmediate(() => this.flush());
    this.pending.push(...head);
    for (const piece of body) if (piece.length > 0) this.pending.push(piece);
    for (const piece of head) this.pendingBytes += piece.length;
    this.pendingBytes += bodyBytes;
  }

  /** Ends the connection at once. */
  close(): void {
    this.end(unreachable('closed on this side'));
  }

  /**
   * Writes what this turn has sent so far, without waiting for its end. Small frames are copied into one piece: a stream's
   * write costs more than the copy.
   */
  flush(): void {
    const { socket, pending, pendingBytes } = this;
    this.pending = [];
    this.pendingBytes = 0;
    if (this.closed || pending.length === 0) return;
    if (pending.length > 1 && pendingBytes > copiedBytesMax) {
      socket.cork();
      for (const piece of pending) socket.write(piece, this.onTaken);
      socket.uncork();
    } else socket.write(pending.length === 1 ? pending[0]! : Buffer.concat(pending, pendingBytes), this.onTaken);
  }

  /**
   * Ends a connection whose peer has not taken for long what earlier turns wrote. Whoever sends is in the middle of something,
   * a call whose id it does not have yet or one of many cancels, so the end is told in a turn of its own.
   */
  private isStuck(): boolean {
    if (this.pending.length > 0 || !this.unread.isStuck(this.socket.writableLength, performance.now())) return false;
    this.stop();
    setImmediate(() => this.events?.onClose(unreachable('the peer does not read')));
    return true;
  }

  private receive(chunk: Buffer): void {
    if (this.closed) return;
    this.heartbeat.heard();
    try {
      for (const frame of this.decoder.push(chunk)) {
        if (this.closed) return;
        if (frame.type === 'ping') this.events?.onWord?.(frame.header);
        else this.events?.onFrame(frame);
      }
    } catch (error) {
      const fault = asSheafError(error);
      if (fault.code === 'INTERNAL') throw error;
      this.end(fault);
    }
  }

  private beat(): void {
    const isDue = this.heartbeat.beat(performance.now());
    const word = this.events?.word?.() ?? null;
    if (isDue || word !== null) this.send('ping', 0, word ?? {});
    // In the turn of a timer sockets are read after it.
    setImmediate(() => {
      if (this.heartbeat.isSilent(performance.now())) this.end(unreachable('the peer is silent'));
    });
  }

  private stop(): void {
    this.closed = true;
    clearInterval(this.beating);
    this.socket.destroy();
  }

  private end(reason: SheafError): void {
    if (this.closed) return;
    this.stop();
    this.events?.onClose(reason);
  }
}

function unreachable(reason: string): SheafError {
  return new SheafError('LEAF_UNREACHABLE', { detail: { reason } });
}
