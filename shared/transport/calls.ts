/** Requests and their replies over a connection: each call has an id, and the first frame of that id answers it. */
import { isErrorCode, SheafError } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import type { FrameType } from '../protocol/frames.ts';
import type { Connection } from './connection.ts';
import type { Frame } from './frame.ts';

export type Outcome = { readonly ok: true; readonly frame: Frame } | { readonly ok: false; readonly error: SheafError };

export class Calls {
  private readonly connection: Pick<Connection, 'send'>;
  private readonly waiting = new Map<number, (outcome: Outcome) => void>();
  private lastId = 0;

  constructor(connection: Pick<Connection, 'send'>) {
    this.connection = connection;
  }

  get count(): number {
    return this.waiting.size;
  }

  /** Sends a request; `onOutcome` is called once, unless the call is cancelled. Returns the call's id. */
  call(type: FrameType, header: unknown, body: readonly Uint8Array[], onOutcome: (outcome: Outcome) => void): number {
    const id = this.nextId();
    this.waiting.set(id, onOutcome);
    try {
      this.connection.send(type, id, header, body);
    } catch (error) {
      this.waiting.delete(id);
      throw error;
    }
    return id;
  }

  /** Forgets a call and tells the peer; a reply under way is ignored. */
  cancel(id: number): void {
    if (this.waiting.delete(id)) this.connection.send('cancel', id, null);
  }

  /** Takes a frame that answers a call. False when no call waits for it: it came after a cancel, or unasked. */
  receive(frame: Frame): boolean {
    const onOutcome = this.waiting.get(frame.id);
    if (onOutcome === undefined) return false;
    this.waiting.delete(frame.id);
    onOutcome(frame.type === 'failure' ? { ok: false, error: failureOf(frame.header) } : { ok: true, frame });
    return true;
  }

  /** Ends every call: the connection is gone. */
  fail(error: SheafError): void {
    const ended = [...this.waiting.values()];
    this.waiting.clear();
    for (const onOutcome of ended) onOutcome({ ok: false, error });
  }

  private nextId(): number {
    do this.lastId = this.lastId === 0xffff_ffff ? 1 : this.lastId + 1;
    while (this.waiting.has(this.lastId));
    return this.lastId;
  }
}

/** The error a `failure` frame carries; FRAME_INVALID when it carries none that is known here. */
export function failureOf(header: unknown): SheafError {
  const body = isObject(header) ? header : {};
  const { code, detail, at } = body;
  if (!isErrorCode(code)) return new SheafError('FRAME_INVALID', { detail: { field: 'code' } });
  return new SheafError(code, {
    ...(isObject(detail) ? { detail } : {}),
    ...(typeof at === 'string' ? { at } : {}),
  });
}
