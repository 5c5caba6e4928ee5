/**
 * One framed connection between a root and a leaf, over two links. Unlike a real one it loses, doubles and reorders
 * frames while its links have faults: what is built on it must bear more than it will meet. That it has ended is told
 * again and again until the other side knows, as TCP does.
 */
import { SheafError } from '../../shared/errors.ts';
import type { FrameType } from '../../shared/protocol/frames.ts';
import type { ConnectionEvents } from '../../shared/transport/connection.ts';
import type { Frame } from '../../shared/transport/frame.ts';
import type { Link } from './link.ts';
import type { VirtualTime } from './virtual-time.ts';

const tellAgainMs = 200;

export class ConnectionEnd {
  private readonly time: VirtualTime;
  /** To the other end. */
  private readonly link: Link;
  private peer: ConnectionEnd | null = null;
  private events: ConnectionEvents | null = null;
  /** What the side that connects does when the first word from the other comes. */
  private open: (() => ConnectionEvents) | null = null;
  private closed = false;

  constructor(time: VirtualTime, link: Link) {
    this.time = time;
    this.link = link;
  }

  get isOpen(): boolean {
    return !this.closed;
  }

  get isStarted(): boolean {
    return this.events !== null;
  }

  join(peer: ConnectionEnd): void {
    this.peer = peer;
  }

  start(events: ConnectionEvents): void {
    this.events = events;
  }

  startWhenAnswered(open: () => ConnectionEvents): void {
    this.open = open;
  }

  send(type: FrameType, id: number, header: unknown, body: readonly Uint8Array[] = []): void {
    if (this.closed) return;
    const bytes = Buffer.concat(body);
    const frame = { type, id, header, body: bytes, sizeBytes: bytes.length };
    this.link.carry(() => this.peer!.receive(frame));
  }

  close(): void {
    if (this.closed) return;
    this.end();
    this.tellEnd();
  }

  private receive(frame: Frame): void {
    if (this.closed) return;
    this.events ??= this.open?.() ?? null;
    this.events?.onFrame(frame);
  }

  private end(): void {
    if (this.closed) return;
    this.closed = true;
    this.events?.onClose(new SheafError('LEAF_UNREACHABLE', { detail: { reason: 'the connection has ended' } }));
  }

  private tellEnd(): void {
    if (this.peer!.closed) return;
    this.link.carry(() => this.peer!.end());
    this.time.after(tellAgainMs, () => this.tellEnd());
  }
}

/** The two ends: of the side that connects, and of the other. */
export function connect(
  time: VirtualTime,
  links: { readonly there: Link; readonly back: Link },
): [near: ConnectionEnd, far: ConnectionEnd] {
  const near = new ConnectionEnd(time, links.there);
  const far = new ConnectionEnd(time, links.back);
  near.join(far);
  far.join(near);
  return [near, far];
}
